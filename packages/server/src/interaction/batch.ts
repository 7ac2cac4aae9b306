import { FhirError } from '@chartgate/fhir';
import type { StoredVersion } from '../store/ports.ts';
import type { Answer } from './answer.ts';
import { bundleText } from './bundle-text.ts';
import { dispatch, isOperation, isRead } from './dispatch.ts';
import { type EntryOptions, refusedEntry, responseEntry } from './entry.ts';
import type { FhirContext, FhirRequest } from './request.ts';

/** An entry to run: a request, or why it is none. `isHead`: its response stays without the resource. */
export type BatchEntry = { readonly request: FhirRequest; readonly isHead: boolean } | { readonly refusal: FhirError };

/** The methods in the order in which R4 has their entries carried out. */
const order = ['DELETE', 'POST', 'PUT', 'PATCH', 'GET'] as const;

/**
 * FHIR batch: each entry for itself, DELETE before POST before PUT and PATCH before GET; an entry that fails tells so in
 * its own response. Responses stand in the order of the entries.
 * @see https://hl7.org/fhir/R4/http.html#trules
 */
export async function batch(
  entries: readonly BatchEntry[],
  options: EntryOptions,
  context: FhirContext,
): Promise<Answer> {
  const responses: string[] = Array(entries.length).fill('');
  const written: StoredVersion[] = [];
  for (const at of processingOrder(entries)) {
    const done = await runEntry(entries[at]!, options, context);
    responses[at] = done.response;
    written.push(...done.written);
  }
  return { status: 200, body: bundleText({ type: 'batch-response' }, responses), written };
}

function processingOrder(entries: readonly BatchEntry[]): readonly number[] {
  const rank = entries.map((entry) => ('refusal' in entry ? 0 : order.indexOf(entry.request.method)));
  return entries.map((_, at) => at).sort((a, b) => rank[a]! - rank[b]! || a - b);
}

type Done = { readonly response: string; readonly written: readonly StoredVersion[] };

async function runEntry(entry: BatchEntry, options: EntryOptions, context: FhirContext): Promise<Done> {
  try {
    if ('refusal' in entry) throw entry.refusal;
    const { request, isHead } = entry;
    const { body, written = [], ...answer } = await dispatch(request, context);
    const shown = isHead || body === undefined ? answer : { ...answer, body };
    return { response: responseEntry(shown, options, isRead(request) || isOperation(request.path)), written };
  } catch (error) {
    if (error instanceof FhirError) return { response: refusedEntry(error), written: [] };
    throw error;
  }
}

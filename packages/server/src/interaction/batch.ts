import { FhirError } from '@chartgate/fhir';
import type { Answer } from './answer.ts';
import { bundleText } from './bundle-text.ts';
import { dispatch, type FhirContext, type FhirRequest } from './dispatch.ts';
import { refusedEntry, responseEntry } from './entry.ts';

/** An entry to run: a request, or why it is none. */
export type BatchEntry = { readonly request: FhirRequest } | { readonly refusal: FhirError };

/**
 * FHIR batch: each entry for itself, in order; an entry that fails tells so in its own response.
 * @see https://hl7.org/fhir/R4/http.html#transaction
 */
export async function batch(entries: readonly BatchEntry[], context: FhirContext): Promise<Answer> {
  const responses: string[] = [];
  for (const entry of entries) responses.push(await runEntry(entry, context));
  return { status: 200, body: bundleText({ type: 'batch-response' }, responses) };
}

async function runEntry(entry: BatchEntry, context: FhirContext): Promise<string> {
  try {
    if ('refusal' in entry) throw entry.refusal;
    const answer = await dispatch(entry.request, context);
    return responseEntry(answer, context.base, entry.request.method === 'GET' ? answer.body : undefined);
  } catch (error) {
    if (error instanceof FhirError) return refusedEntry(error);
    throw error;
  }
}

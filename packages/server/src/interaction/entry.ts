import { FhirError, operationOutcome } from '@chartgate/fhir';
import type { Answer } from './answer.ts';
import { outcomeOf, type Return } from './preference.ts';

/** How the responses of a bundle are made. `returns`: what of a write stands in its entry, beside the response. */
export type EntryOptions = { readonly base: string; readonly returns: Return };

/** `Bundle.entry` of a response. @see https://hl7.org/fhir/R4/http.html#transaction-response */
export function responseEntry(answer: Answer, { base, returns }: EntryOptions, isRead = false): string {
  const location = answer.location ?? answer.contentLocation;
  const response = {
    status: String(answer.status),
    ...(location === undefined ? {} : { location: `${base}/${location}` }),
    ...(answer.version === undefined ? {} : { etag: `W/"${answer.version}"` }),
    ...(answer.lastModified === undefined ? {} : { lastModified: new Date(answer.lastModified).toISOString() }),
  };
  const isShown = isRead || returns === 'representation';
  const resource = isShown && answer.body !== undefined ? `"resource":${answer.body},` : '';
  const outcome = !isRead && returns === 'OperationOutcome' ? outcomeOf(answer) : undefined;
  const members = JSON.stringify(response);
  return `{${resource}"response":${outcome === undefined ? members : `${members.slice(0, -1)},"outcome":${outcome}}`}}`;
}

/** `Bundle.entry` of a batch's response for an entry that failed. */
export function refusedEntry(error: FhirError): string {
  return JSON.stringify({ response: { status: String(error.status), outcome: operationOutcome(error.issues) } });
}

/** A refusal of a whole bundle that names the entry it comes from. */
export function entryRefusal(index: number, error: FhirError): FhirError {
  const place = `Bundle.entry[${index}]`;
  const issues = error.issues.map((found) => ({ ...found, expression: [place] }));
  return new FhirError(error.status, issues, error);
}

/** Runs a step of an entry; its refusal names the entry. */
export async function inEntry<T>(index: number, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw error instanceof FhirError ? entryRefusal(index, error) : error;
  }
}

/** The same for a step that need not wait. */
export function inEntryNow<T>(index: number, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw error instanceof FhirError ? entryRefusal(index, error) : error;
  }
}

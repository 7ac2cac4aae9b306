import { FhirError, operationOutcome } from '@chartgate/fhir';
import type { Answer } from './answer.ts';

/** `Bundle.entry` of a response. @param resource JSON text of what a read answered */
export function responseEntry(answer: Answer, base: string, resource?: string): string {
  const response = {
    status: String(answer.status),
    ...(answer.location === undefined ? {} : { location: `${base}/${answer.location}` }),
    ...(answer.version === undefined ? {} : { etag: `W/"${answer.version}"` }),
    ...(answer.lastModified === undefined ? {} : { lastModified: new Date(answer.lastModified).toISOString() }),
  };
  const body = resource === undefined ? '' : `"resource":${resource},`;
  return `{${body}"response":${JSON.stringify(response)}}`;
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

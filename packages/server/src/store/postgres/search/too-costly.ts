import { FhirError, issue } from '@chartgate/fhir';
import { codeOf } from '../database/unavailable.ts';

/** PostgreSQL's code for a statement that was cancelled, for running longer than `statement_timeout` as a rule. */
const cancelled = '57014';

/**
 * Runs a search. One whose statement takes longer than the database lets it becomes a refusal that says so.
 * @throws {FhirError} 400 with `too-costly`
 */
export async function withinTime<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isCancelled(error)) throw error;
    const text =
      'The search took longer than it may. Name a patient, a code or a range of dates, or ask for fewer links.';
    throw new FhirError(400, [issue('too-costly', text)], error);
  }
}

/** Whether the database gave a statement up for the time that it took. */
export function isCancelled(error: unknown): boolean {
  return codeOf(error instanceof FhirError ? error.cause : error) === cancelled;
}

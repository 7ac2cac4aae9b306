import { FhirError, issue } from '@chartgate/fhir';
import type { Connection, Statement } from '../database/database.ts';
import { codeOf } from '../database/unavailable.ts';

/** PostgreSQL's code for a statement that was cancelled, for running longer than `statement_timeout` as a rule. */
const cancelled = '57014';

/** ms after which a search begins no further statement. */
const timeLimit = 30_000;

/**
 * Runs the statements of a search on the connection, within the time that one may take: a statement that takes longer
 * than the database lets it becomes a refusal that says so, and so does a search of ever more statements.
 * @throws {FhirError} 400 with `too-costly`
 */
export async function withinTime<T>(
  connection: Connection,
  work: (connection: Connection) => Promise<T>,
  limit: number = timeLimit,
): Promise<T> {
  const started = performance.now();
  const bounded: Connection = {
    query: async <Row extends object>(statement: Statement, name?: string) => {
      if (performance.now() - started > limit) throw tooCostly();
      return connection.query<Row>(statement, name);
    },
  };
  try {
    return await work(bounded);
  } catch (error) {
    throw isCancelled(error) ? tooCostly(error) : error;
  }
}

/** Whether the database gave a statement up for the time that it took. */
export function isCancelled(error: unknown): boolean {
  return codeOf(error instanceof FhirError ? error.cause : error) === cancelled;
}

function tooCostly(cause?: unknown): FhirError {
  const text =
    'The search took longer than it may. Name a patient, a code or a range of dates, or ask for fewer links.';
  return new FhirError(400, [issue('too-costly', text)], cause);
}

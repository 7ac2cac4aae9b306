import { FhirError, issue } from '@chartgate/fhir';
import { DatabaseUnavailable } from '../../unavailable.ts';

/**
 * An error that says that the server is not there (rather than that a statement is wrong) as DatabaseUnavailable, and one
 * of a statement that was cancelled for taking too long as a FhirError 503. All others as they are.
 */
export function toUnavailable(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = codeOf(error);
  if (code === '57014') return new FhirError(503, [issue('timeout', tookTooLong)], error);
  // 08: connection, 57P: shutdown and start-up, 53: out of connections, disk or memory, 58: its files, E…: the socket.
  const isAway = /^((08|53|58)...|57P..|E[A-Z_]+)$/.test(code) || connectionLost.test(error.message);
  return isAway ? new DatabaseUnavailable(error) : error;
}

/** PostgreSQL's or the system's code of an error; empty where it has none. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const tookTooLong =
  'The database took longer over this than a request may take, so it was given up. Ask for less at once: ' +
  'fewer criteria, a smaller _count, or no _total.';

/** The driver's own words for a connection that broke, was never made or was closed. */
const connectionLost =
  /^(Connection terminated|timeout e|Client (has encountered|was closed)|Cannot use a pool after|Query read timeout)/;

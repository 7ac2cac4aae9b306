import { DatabaseUnavailable } from '../unavailable.ts';

/** An error that says that the server is not there (rather than that a statement is wrong) as DatabaseUnavailable. */
export function toUnavailable(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  // 08: connection, 57P: shutdown and start-up, 53: out of connections, disk or memory, 58: its files.
  const isAway = /^(08|57P|53|58)/.test(code) || /^(E[A-Z]+)$/.test(code) || connectionLost.test(error.message);
  return isAway ? new DatabaseUnavailable(error) : error;
}

/** The driver's own words for a connection that broke, was never made or was closed. */
const connectionLost =
  /^(Connection terminated|timeout e|Client (has encountered|was closed)|Cannot use a pool after|Query read timeout)/;

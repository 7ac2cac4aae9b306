import { OAuthError, UnexpectedAnswer } from './errors.ts';
import { type CallOptions, exchange, isObject } from './http.ts';

/** Why a request was refused, as its owner may read it: which check failed, what was expected, what came. */
export type Ticket = {
  readonly id: string;
  readonly time?: string;
  readonly endpoint?: string;
  readonly client_id?: string;
  readonly error?: string;
  readonly check?: string;
  readonly expected?: string;
  readonly received?: string;
  readonly advice?: string;
  readonly checks: readonly { readonly check: string; readonly outcome: 'passed' | 'failed' | 'skipped' }[];
};

/** Where a Chartgate keeps its tickets, seen from its token endpoint. */
export function ticketUrl(tokenEndpoint: string, id: string): string {
  return new URL(`ticket/${encodeURIComponent(id)}`, tokenEndpoint).href;
}

/**
 * Reads a ticket.
 * @param bearer the client's registration access token, or an administrator's; undefined where `options.fetch` shows who asks
 * @throws {OAuthError}
 */
export async function readTicket(url: string, bearer: string | undefined, options: CallOptions = {}): Promise<Ticket> {
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  const headers = { accept: 'application/json', ...authorization };
  const { response, body } = await exchange(url, { headers }, options);
  if (!response.ok && isObject(body)) throw new OAuthError(url, response.status, body);
  if (!response.ok || !isObject(body) || !Array.isArray(body.checks)) {
    throw new UnexpectedAnswer(url, response.status, 'expected a ticket');
  }
  return body as Ticket;
}

import { closeRequest, pendingOf, returnToApp } from './authorization-request.ts';
import type { Exchange, GateAnswer } from './exchange.ts';
import { OAuthError } from './oauth-error.ts';
import type { RefusalCode } from './refusals.ts';
import { issueTicket } from './ticket.ts';

/** Why a request ends without a code. `check`: what a ticket calls the condition that was not met. */
export type RequestRefusal = { readonly refusal: RefusalCode; readonly check: string; readonly received: string };

/**
 * Ends the request with an error for the app, and a ticket. The user has done nothing wrong, so that it does not count
 * against the address as refused requests do.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1
 */
export async function refuseRequest(x: Exchange, { refusal, check, received }: RequestRefusal): Promise<GateAnswer> {
  await closeRequest(x);
  const error = new OAuthError(refusal, { received });
  const trail = [{ check, outcome: 'failed' }] as const;
  return errorToApp(
    x,
    pendingOf(x).request,
    error,
    await issueTicket(x, { endpoint: 'continue', refusal: error, trail }),
  );
}

/** Ends the request by the user's wish: back to the app with `access_denied`. */
export function denied(x: Exchange): Promise<GateAnswer> {
  return refuseRequest(x, { refusal: 'consent-refused', check: 'the user allows it', received: 'the user said no' });
}

/** Tells the app what is wrong. @param ticket the refusal's, where one was written */
export function errorToApp(
  x: Exchange,
  returnTo: NonNullable<Exchange['returnTo']>,
  { error, message }: OAuthError,
  ticket: string | undefined,
): GateAnswer {
  // "%x20-21 / %x23-5B / %x5D-7E"
  const description = message.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'");
  return returnToApp(x, returnTo, {
    error,
    error_description: description,
    ...(ticket === undefined ? {} : { ticket }),
  });
}

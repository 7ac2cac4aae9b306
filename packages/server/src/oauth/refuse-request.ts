import { closeRequest, pendingOf, returnToApp } from './authorization-request.ts';
import type { Exchange, GateAnswer } from './exchange.ts';
import { OAuthError } from './oauth-error.ts';
import type { RefusalCode } from './refusals.ts';
import { issueTicket } from './ticket.ts';

/**
 * Ends the request and refuses it: the app is told, by `refuseToApp`.
 * @throws {OAuthError} always
 */
export async function refuseRequest(x: Exchange, refusal: RefusalCode, received: string): Promise<never> {
  await closeRequest(x);
  x.returnTo = pendingOf(x).request;
  throw new OAuthError(refusal, { received });
}

/** Ends the request by the user's wish: back to the app with `access_denied`. @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 */
export async function denied(x: Exchange): Promise<GateAnswer> {
  await closeRequest(x);
  const refusal = new OAuthError('consent-refused', { received: 'the user said no' });
  const ticket = await issueTicket(x, { endpoint: 'consent', refusal, trail: [] });
  return returnToApp(x, pendingOf(x).request, {
    error: refusal.error,
    error_description: refusal.message,
    ...(ticket === undefined ? {} : { ticket }),
  });
}

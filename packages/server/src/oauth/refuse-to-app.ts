import type { Refuse } from './endpoint.ts';
import { refusalPage } from './page-endpoint.ts';
import { errorToApp } from './refuse-request.ts';

/**
 * How the authorization endpoint says no: to the app, once it is known where that waits; before, to the person in front
 * of the browser, so that nobody is sent to an address that a stranger chose.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1
 */
export const refuseToApp: Refuse = (x, refusal, ticket) =>
  x.returnTo && refusal.status !== 429 ? errorToApp(x, x.returnTo, refusal, ticket) : refusalPage(x, refusal, ticket);

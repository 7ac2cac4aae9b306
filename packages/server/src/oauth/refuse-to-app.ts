import { returnToApp } from './authorization-request.ts';
import type { Refuse } from './endpoint.ts';
import { refusalPage } from './page-endpoint.ts';

/**
 * How the authorization endpoint and its pages say no: to the app, once it is known where that waits; before, to the
 * person in front of the browser, so that nobody is sent to an address that a stranger chose.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1
 */
export const refuseToApp: Refuse = (x, refusal, ticket) => {
  if (!x.returnTo || refusal.status === 429) return refusalPage(x, refusal, ticket);
  return returnToApp(x, x.returnTo, {
    error: refusal.error,
    error_description: described(refusal.message),
    ...(ticket === undefined ? {} : { ticket }),
  });
};

/** "%x20-21 / %x23-5B / %x5D-7E" */
function described(message: string): string {
  return message.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'");
}

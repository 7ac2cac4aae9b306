import { findRequest } from '../oauth/authorization-request.ts';
import type { Choice } from '../oauth/endpoint.ts';
import type { Exchange } from '../oauth/exchange.ts';
import { given } from './form-page.ts';

/** Finds the authorization request, where the page is one on the way to an app. */
export const findRequestIfAny: Choice = { choose: (x) => (given(x, 'request') === undefined ? [] : [findRequest]) };

/** The name of the app that the user is on the way to. */
export function appName({ pending, client }: Exchange): string | undefined {
  return pending && client ? (client.metadata.client_name ?? client.clientId) : undefined;
}

/** Where forms on the way to an app may lead: browsers look at the redirects after a form as well. */
export function leadsToApp({ pending }: Exchange): { readonly leadsTo?: string } {
  if (!pending) return {};
  const { origin, protocol } = new URL(pending.request.redirectUri);
  return { leadsTo: origin === 'null' ? protocol : origin };
}

/** The request of the page, to be taken along in an address. */
export function withRequest({ pending }: Exchange): string {
  return pending ? `?request=${pending.secret}` : '';
}

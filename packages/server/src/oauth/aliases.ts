import { seeOther } from '../pages/page.ts';
import { type Station, stationUrl } from './authorization-request.ts';
import type { Endpoint } from './endpoint.ts';
import { OAuthError, refusalAnswer } from './oauth-error.ts';

/** Pages by the addresses they have in OpenEMR. The browser is sent on, to a page of this site and with its query. */
export const openEmrAliases: readonly (readonly [path: string, endpoint: Endpoint])[] = [
  ['/oauth2/:site/login', alias('sign-in')],
  ['/oauth2/:site/provider/login', alias('sign-in')],
  ['/oauth2/:site/smart/patient-select', alias('patient')],
  ['/oauth2/:site/scope-authorize-confirm', alias('consent')],
];

function alias(station: Station): Endpoint {
  return async (gate, request) => {
    const site = await gate.site(request.site);
    if (!site) return refusalAnswer(new OAuthError('unknown-site'));
    if (request.method !== 'GET') return refusalAnswer(new OAuthError('method', { headers: { allow: 'GET' } }));
    const secret = new URLSearchParams(request.query).get('request');
    return seeOther(
      secret === null ? `${site.issuer}/${station}` : stationUrl({ site }, station, encodeURIComponent(secret)),
    );
  };
}

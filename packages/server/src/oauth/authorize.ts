import type { AuthorizationRequest } from '../store/authorization-ports.ts';
import { beginRequest } from './authorization-request.ts';
import { findClientToAuthorize, requireEnabled, requireRegisteredRedirect } from './authorize-client.ts';
import { useLaunch } from './authorize-launch.ts';
import {
  readRequest,
  requireAudienceOfSite,
  requireBoundedParameters,
  requireCodeGrant,
  requireCodeResponse,
  requirePkce,
  requirePrompt,
} from './authorize-parameters.ts';
import { allowedScope, requireScopeToAuthorize } from './authorize-scope.ts';
import { check, endpoint } from './endpoint.ts';
import { clientOf, type Exchange, parameter } from './exchange.ts';
import { limitFailures, rejectRepeatedParameters } from './form.ts';
import { OAuthError } from './oauth-error.ts';
import { refuseToApp } from './refuse-to-app.ts';

const limitAuthorizations = check('not too many sign-ins begun before', ({ gate, request }) => {
  const wait = gate.authorizations.wait(request.remoteAddress);
  if (wait > 0) throw new OAuthError('too-many-authorizations', { headers: { 'retry-after': String(wait) } });
});

/**
 * Authorization endpoint, by GET or by a form of any origin: nothing happens here that a cookie decides, and the browser
 * goes on with GET.
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#obtain-authorization-code
 */
export const authorize = endpoint(
  'authorize',
  [
    limitFailures,
    limitAuthorizations,
    readRequest,
    rejectRepeatedParameters,
    findClientToAuthorize,
    requireEnabled,
    requireRegisteredRedirect,
    // from here on the app is told what is wrong
    requireBoundedParameters,
    requireCodeResponse,
    requireCodeGrant,
    requirePkce,
    requireAudienceOfSite,
    requireScopeToAuthorize,
    requirePrompt,
    allowedScope,
    useLaunch,
  ],
  (x) => {
    x.gate.authorizations.count(x.request.remoteAddress);
    return beginRequest(x, requestOf(x));
  },
  refuseToApp,
);

function requestOf(x: Exchange): AuthorizationRequest {
  if (!x.returnTo) throw new TypeError('No check has found where the app waits');
  const nonce = parameter(x, 'nonce');
  const loginHint = parameter(x, 'login_hint');
  const maxAge = maxAgeOf(x);
  return {
    clientId: clientOf(x).clientId,
    ...x.returnTo,
    ...(nonce === undefined ? {} : { nonce }),
    scope: x.grantedScope ?? '',
    codeChallenge: parameter(x, 'code_challenge') ?? '',
    prompt: parameter(x, 'prompt')?.split(' ') ?? [],
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(loginHint === undefined ? {} : { loginHint }),
    ...(x.launch === undefined ? {} : { launch: x.launch }),
  };
}

/** What the request says, else what the client is registered with. */
function maxAgeOf(x: Exchange): number | undefined {
  const asked = parameter(x, 'max_age');
  if (asked !== undefined) return Number(asked);
  const { default_max_age } = clientOf(x).metadata;
  return typeof default_max_age === 'number' && default_max_age >= 0 ? default_max_age : undefined;
}

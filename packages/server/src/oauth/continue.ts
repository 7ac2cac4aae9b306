import type { Scope } from '@chartgate/fhir';
import { signedInOf } from '../account/session.ts';
import { seeOther } from '../pages/page.ts';
import type { SignedIn } from '../store/account-ports.ts';
import type { OpenRequest } from '../store/authorization-ports.ts';
import { findRequest, pendingOf, pick, type Station, stationUrl } from './authorization-request.ts';
import { check, endpoint } from './endpoint.ts';
import { clientOf, type Exchange, type GateAnswer } from './exchange.ts';
import { consentedScope, grantableScope, isDecided } from './grantable-scope.ts';
import { issueCode } from './issue-code.ts';
import { OAuthError } from './oauth-error.ts';
import { type PatientContext, patientContext } from './patient-context.ts';
import type { RefusalCode } from './refusals.ts';
import { refuseRequest } from './refuse-request.ts';
import { refuseToApp } from './refuse-to-app.ts';

const requireGet = check('method is GET', ({ request: { method } }) => {
  if (method !== 'GET') throw new OAuthError('method', { received: method, headers: { allow: 'GET' } });
});

/**
 * `GET {issuer}/continue?request=…`: where an authorization request goes next. Each page on the way ends here, and what
 * it is that is missing is found out anew each time; when nothing is, the app gets its code.
 */
export const continueRequest = endpoint('continue', [requireGet, findRequest], next, refuseToApp);

async function next(x: Exchange): Promise<GateAnswer> {
  const { request } = pendingOf(x);
  const signedIn = await signedInOf(x);
  if (!signedIn || !isRecent(signedIn, request)) return ask(x, 'sign-in', 'login-required');
  const { accountId } = signedIn.account;
  if (request.launch && request.launch.accountId !== accountId) {
    return refuseRequest(x, 'launch-account', 'another account than the one that launched');
  }
  const asked = grantableScope(x, signedIn);
  if (asked.length === 0) return refuseRequest(x, 'authorize-scope-none', request.scope);
  const context = await patientContext(x, signedIn, asked);
  if (!context) return ask(x, 'patient', 'interaction-required');
  await keep(x, context, accountId);
  const scopes = await decidedScope(x, accountId, asked);
  if (!scopes) return ask(x, 'consent', 'consent-required');
  if (scopes.length === 0) return refuseRequest(x, 'consent-refused', 'no scope was allowed');
  return issueCode(x, signedIn, scopes);
}

/** With `prompt=login`, or a `max_age` that has passed, the user signs in once more. @see https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest */
function isRecent({ session }: SignedIn, { prompt, maxAge, createdAt }: OpenRequest): boolean {
  const isNewOne = prompt.includes('login') || prompt.includes('select_account');
  const oldest = isNewOne ? 0 : maxAge;
  return oldest === undefined || session.authTime >= createdAt - oldest * 1000;
}

/** Shows the user the page; with `prompt=none`, the app is told that there would have been one. */
async function ask(x: Exchange, station: Station, refusal: RefusalCode): Promise<GateAnswer> {
  const { secret, request } = pendingOf(x);
  if (request.prompt.includes('none')) return refuseRequest(x, refusal, 'prompt=none');
  return seeOther(stationUrl(x, station, secret));
}

/** From here on the request says itself what it is about, whoever picked it. */
async function keep(x: Exchange, context: PatientContext, accountId: string): Promise<void> {
  const { request } = pendingOf(x);
  const isKept = request.patient === context.patient && request.encounter === context.encounter;
  if (isKept && (context.patient === undefined || request.pickedBy === accountId)) return;
  await pick(x, context);
}

/** What the user gives by what was decided of the client; undefined where the user has to be asked. */
async function decidedScope(
  x: Exchange,
  accountId: string,
  asked: readonly Scope[],
): Promise<readonly Scope[] | undefined> {
  const { request } = pendingOf(x);
  const consent = await x.site.store.consents.find(accountId, request.clientId, request.patient);
  if (!consent || !isDecided(asked, consent)) return undefined;
  const scopes = consentedScope(asked, consent);
  const isDecidedNow = consent.decidedAt >= request.createdAt;
  const isAskedAnew = request.prompt.includes('consent') || canBeImpersonated(x) || scopes.length === 0;
  return isAskedAnew && !isDecidedNow ? undefined : scopes;
}

/**
 * Any app on the user's device may listen at such an address and use the client_id: only the user can tell.
 * @see https://www.rfc-editor.org/rfc/rfc8252#section-8.6
 */
function canBeImpersonated(x: Exchange): boolean {
  const isPublic = clientOf(x).metadata.token_endpoint_auth_method === 'none';
  return isPublic && !pendingOf(x).request.redirectUri.startsWith('https:');
}

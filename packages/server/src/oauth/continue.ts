import type { Scope } from '@chartgate/fhir';
import { signedInOf } from '../account/session.ts';
import { seeOther } from '../pages/page.ts';
import type { SignedIn } from '../store/account-ports.ts';
import type { OpenRequest } from '../store/authorization-ports.ts';
import { findRequest, pendingOf, pick, stationUrl } from './authorization-request.ts';
import { check } from './endpoint.ts';
import { clientOf, type Exchange, type GateAnswer } from './exchange.ts';
import { consentedScope, grantableScope, isDecided } from './grantable-scope.ts';
import { issueCode } from './issue-code.ts';
import { OAuthError, shown } from './oauth-error.ts';
import { pageEndpoint } from './page-endpoint.ts';
import { type PatientContext, patientContext } from './patient-context.ts';
import { type RequestRefusal, refuseRequest } from './refuse-request.ts';

const requireGet = check('method is GET', ({ request: { method } }) => {
  if (method !== 'GET') throw new OAuthError('method', { received: method, headers: { allow: 'GET' } });
});

/**
 * `GET {issuer}/continue?request=…`: where an authorization request goes next. Each page on the way ends here, and what
 * it is that is missing is found out anew each time; when nothing is, the app gets its code.
 */
export const continueRequest = pageEndpoint('continue', [requireGet, findRequest], next);

async function next(x: Exchange): Promise<GateAnswer> {
  const { request } = pendingOf(x);
  const signedIn = await signedInOf(x);
  if (!signedIn || !isRecent(signedIn, request)) return ask(x, 'sign-in');
  const { accountId } = signedIn.account;
  if (request.launch && request.launch.accountId !== accountId) return refuseRequest(x, foreignLaunch);
  const asked = grantableScope(x, signedIn);
  if (asked.length === 0) return refuseRequest(x, { ...nothingToGrant, received: shown(request.scope) });
  const context = await patientContext(x, signedIn, asked);
  if (context === 'foreign') return refuseRequest(x, foreignPatient);
  if (context === 'unknown') return ask(x, 'patient');
  await keep(x, context, accountId);
  const scopes = await decidedScope(x, accountId, asked);
  if (!scopes) return ask(x, 'consent');
  if (scopes.length === 0) return refuseRequest(x, nothingAllowed);
  return issueCode(x, signedIn, scopes);
}

const foreignLaunch: RequestRefusal = {
  refusal: 'launch-account',
  check: 'launch is of this user',
  received: 'another account than the one that launched',
};
const foreignPatient: RequestRefusal = {
  refusal: 'launch-patient',
  check: "launch is about one of the user's records",
  received: "a patient who is not among the user's records",
};
const nothingToGrant = { refusal: 'authorize-scope-none', check: 'the user can give a requested scope' } as const;
const nothingAllowed: RequestRefusal = {
  refusal: 'consent-refused',
  check: 'the user allows a scope',
  received: 'no scope was allowed',
};

/** With `prompt=login`, or a `max_age` that has passed, the user signs in once more. @see https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest */
function isRecent({ session }: SignedIn, { prompt, maxAge, createdAt }: OpenRequest): boolean {
  const isNewOne = prompt.includes('login') || prompt.includes('select_account');
  const oldest = isNewOne ? 0 : maxAge;
  return oldest === undefined || session.authTime >= createdAt - oldest * 1000;
}

/** What the app is told in place of a page, with `prompt=none`. */
const unasked = {
  'sign-in': { refusal: 'login-required', check: 'the user is signed in' },
  patient: { refusal: 'interaction-required', check: 'the patient is known' },
  consent: { refusal: 'consent-required', check: 'the user decided before' },
} as const;

async function ask(x: Exchange, station: keyof typeof unasked): Promise<GateAnswer> {
  const { secret, request } = pendingOf(x);
  if (request.prompt.includes('none')) return refuseRequest(x, { ...unasked[station], received: 'prompt=none' });
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

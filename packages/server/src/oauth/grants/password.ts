import { narrow, parseScope, type Scope } from '@chartgate/fhir';
import { checkPassword, type Shown } from '../../account/password/password-check.ts';
import type { Account } from '../../store/account-ports.ts';
import type { UserAuthorization } from '../../store/authorization-ports.ts';
import { authenticateClient, requireOneAuthentication } from '../client-authentication.ts';
import { check } from '../endpoint.ts';
import { clientOf, type Exchange, parameter } from '../exchange.ts';
import { isOfUser } from '../grantable-scope.ts';
import { isRefreshable, newTokens } from '../new-tokens.ts';
import { OAuthError, shown, shownRedacted } from '../oauth-error.ts';
import { isOfSystem, textOfScopes } from '../scope.ts';
import { newIdentifier } from '../secret.ts';
import type { SiteSettings } from '../settings.ts';
import { tokenAnswer } from '../token-answer.ts';
import { type Grant, requireScope, scopeHint } from './grant.ts';

const roles = ['users', 'patient'] as const;
const longestName = 254;
const longestPassword = 1000;

/** Who the user turned out to be. */
type Found = { readonly account: Account; readonly amr: readonly string[]; readonly patient?: string };
const found = new WeakMap<Exchange, Found>();

function foundAt(x: Exchange): Found {
  const note = found.get(x);
  if (!note) throw new TypeError('No check has found it yet');
  return note;
}

/** Whether the password grant works for anybody. */
export function hasPasswordGrant({ password_grant }: SiteSettings): boolean {
  return password_grant !== 'off';
}

const requireSwitchedOn = check('password grant is switched on', ({ settings }) => {
  if (hasPasswordGrant(settings)) return;
  throw new OAuthError('password-off', { received: 'the setting password_grant: off' });
});

/** Clients that name the code grant mean users, as this grant does; those that act for themselves do not. */
const requirePasswordAllowed = check('client may use the grant type', (x) => {
  const { grant_types } = clientOf(x).metadata;
  if (grant_types.some((type) => type === 'password' || type === 'authorization_code')) return;
  throw new OAuthError('grant-type-not-allowed', { received: 'password', expected: shown(grant_types.join(', ')) });
});

const requireUserRole = check('user_role', (x) => {
  const role = parameter(x, 'user_role');
  if (!roles.some((one) => one === role)) throw unreadable('user_role', shownRedacted(role));
  const { password_grant } = x.settings;
  if (password_grant === 'both' || password_grant === role) return;
  throw new OAuthError('password-off', {
    received: `user_role=${role}; the setting password_grant: ${password_grant}`,
    expected: `the setting password_grant: ${role} or both`,
  });
});

const requireCredentials = check('username, password and email', (x) => {
  const names = parameter(x, 'user_role') === 'patient' ? ['username', 'password', 'email'] : ['username', 'password'];
  for (const name of names) {
    const value = parameter(x, name) ?? '';
    const most = name === 'password' ? longestPassword : longestName;
    if (value === '' || value.length > most) throw unreadable(name, `${value.length} characters`);
  }
});

function unreadable(name: string, received: string): OAuthError {
  const hint = `Check the \`${name}\` parameter`;
  return new OAuthError('password-parameter', { received: `${name}: ${received}`, hint });
}

const requirePassword = check('password', async (x) => {
  found.set(x, await checkPassword(x, shownBy(x)));
});

function shownBy(x: Exchange): Shown {
  const email = parameter(x, 'user_role') === 'patient' ? parameter(x, 'email') : undefined;
  const secondFactor = parameter(x, 'mfa_token')?.slice(0, 100);
  return {
    userName: parameter(x, 'username') ?? '',
    password: parameter(x, 'password') ?? '',
    ...(email === undefined ? {} : { email }),
    ...(secondFactor === undefined ? {} : { secondFactor }),
  };
}

const requireRole = check('user_role is the one of the account', (x) => {
  const isPatient = foundAt(x).account.role === 'patient';
  const role = isPatient ? 'patient' : 'users';
  if (parameter(x, 'user_role') === role) return;
  throw new OAuthError('password-role', { received: `user_role=${parameter(x, 'user_role')}` });
});

/** A patient's token is about the patient's own record; a record of somebody one cares for takes a picker, and a page. */
const findOwnChart = check('own record', async (x) => {
  const { account } = foundAt(x);
  if (account.role !== 'patient') return;
  const charts = await x.site.store.accounts.charts(account.accountId);
  const own = charts.find(({ relationship }) => relationship === 'self');
  if (own) found.set(x, { ...foundAt(x), patient: own.patient });
});

/** What this user can give without a page: scopes that the client is approved for and that open or tell anything. */
const narrowScope = check('a requested scope is approved', (x) => {
  const requested = parameter(x, 'scope') ?? '';
  const { grantedScope } = clientOf(x);
  const asked = parseScope(requested).scopes.filter((scope) => isGrantable(scope, foundAt(x)));
  const allowed = narrow(asked, parseScope(grantedScope).scopes);
  if (!allowed.some(isOfRecordOrUser)) {
    throw new OAuthError('password-scope', {
      received: shownRedacted(requested),
      expected: `some of ${shown(grantedScope)}`,
      hint: scopeHint(requested),
    });
  }
  x.grantedScope = textOfScopes(allowed);
});

/** There is no launch, no session that online_access could end with, and a patient for patients alone. */
function isGrantable(scope: Scope, { account, patient }: Found): boolean {
  if (isOfSystem(scope) || (account.fhirUser === undefined && isOfUser(scope))) return false;
  if (scope.kind === 'resource') return scope.context !== 'patient' || patient !== undefined;
  if (scope.text === 'launch/patient') return patient !== undefined;
  return !['launch', 'launch/encounter', 'online_access'].includes(scope.text);
}

function isOfRecordOrUser(scope: Scope): boolean {
  return scope.kind === 'resource' || !['offline_access', 'launch/patient'].includes(scope.text);
}

/** Authorization and tokens are stored by one statement, while client and account are who they were. */
const storeTokens = check('account is active until now', async (x) => {
  const authorization = authorizationOf(x);
  const { accessToken, refreshToken } = newTokens(x, authorization, authorization.scope);
  const isRefreshed = isRefreshable(authorization);
  if (!isRefreshed) delete x.issuedRefreshToken;
  const tokens = isRefreshed ? { accessToken, refreshToken } : { accessToken };
  if (!(await x.site.store.authorizations.insertWithTokens(authorization, tokens))) {
    throw new OAuthError('password-failed', { received: 'an account or a client that was changed meanwhile' });
  }
  x.authorization = authorization;
});

function authorizationOf(x: Exchange): UserAuthorization {
  const { account, amr, patient } = foundAt(x);
  const { clientId, epoch } = clientOf(x);
  return {
    authorizationId: newIdentifier(),
    clientId,
    clientEpoch: epoch,
    accountId: account.accountId,
    accountEpoch: account.epoch,
    scope: x.grantedScope ?? '',
    ...(patient === undefined ? {} : { patient }),
    context: {},
    authTime: x.now,
    amr,
    createdAt: x.now,
  };
}

/**
 * The password grant of old, off unless the site's setting says otherwise. The client is authenticated before anything
 * is said of the user. @see https://www.rfc-editor.org/rfc/rfc6749#section-4.3
 */
export const password: Grant = {
  grantType: 'password',
  steps: [
    requireOneAuthentication,
    authenticateClient,
    requireSwitchedOn,
    requirePasswordAllowed,
    requireUserRole,
    requireCredentials,
    requireScope,
    requirePassword,
    requireRole,
    findOwnChart,
    narrowScope,
    storeTokens,
  ],
  answer: (x) => {
    if (!x.authorization) throw new TypeError('Nothing was given yet');
    return tokenAnswer(x, x.authorization);
  },
};

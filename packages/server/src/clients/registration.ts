import { actorOf } from '../oauth/audited.ts';
import { check, endpoint } from '../oauth/endpoint.ts';
import type { Exchange } from '../oauth/exchange.ts';
import { limitFailures, requirePost } from '../oauth/form.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { bearerToken, newIdentifier, newSecret, secretHash } from '../oauth/secret.ts';
import type { Client } from '../store/gate-ports.ts';
import type { ClientLife, InitialAccessToken } from '../store/registration-ports.ts';
import { clientMetadataJson } from './client-json.ts';
import { refuseRegistration, registeredAnswer } from './openemr-shape.ts';
import { type Applicant, decideByPolicy, type PolicyDecision, readPolicy } from './policy.ts';
import {
  bodyOf,
  limitRegistrations,
  registrationOf,
  requireJsonObject,
  requireMetadata,
  requireStatement,
} from './registration-body.ts';

const day = 24 * 3600_000;

const initialAccessTokens = new WeakMap<Exchange, InitialAccessToken>();
const decisions = new WeakMap<Exchange, PolicyDecision>();

/** @see https://www.rfc-editor.org/rfc/rfc7591#section-3 for the initial access token */
const requireEntry = check('registration is open, or an initial access token', async (x) => {
  const { registration: mode } = x.settings;
  if (mode === 'closed') throw new OAuthError('registration-closed');
  const { authorization } = x.request.headers;
  if (authorization === undefined && mode === 'open') return;
  const token = bearerToken(authorization);
  const found = token && (await x.site.store.initialAccessTokens.find(secretHash(token), x.now));
  if (!found) throw noEntry();
  initialAccessTokens.set(x, found);
});

const limitDay = check('not too many registrations today', async ({ gate, site, now }) => {
  if ((await site.store.clients.countSince(now - day)) >= gate.config.registrationsPerDay) {
    throw new OAuthError('too-many-registrations', { headers: { 'retry-after': '3600' } });
  }
});

const requirePolicy = check('the approval policy does not refuse it', async (x) => {
  const policy = await readPolicy(x.site.store.settings);
  const decision = decideByPolicy(applicantOf(x, initialAccessTokens.get(x)), policy, x.settings.four_eyes);
  if (decision.decision === 'reject') {
    throw new OAuthError('policy-reject', { description: decision.reason, received: `rule ${decision.rule}` });
  }
  decisions.set(x, decision);
});

/** What the policy looks at. */
export function applicantOf(x: Exchange, token?: InitialAccessToken): Applicant {
  const { metadata, scopes } = registrationOf(x);
  const { statementIssuer, stated = [] } = bodyOf(x);
  return {
    metadata,
    scopes,
    ...(statementIssuer === undefined ? {} : { statementIssuer, stated }),
    ...(token === undefined ? {} : { initialAccessToken: token.name }),
    ...(token?.decision === undefined ? {} : { decision: token.decision }),
  };
}

/**
 * Dynamic client registration, in the standard dialect and in OpenEMR's. The policy decides whether the client is
 * approved at once. @see https://www.rfc-editor.org/rfc/rfc7591#section-3
 */
export const register = endpoint(
  'registration',
  [
    requirePost,
    limitFailures,
    requireEntry,
    limitRegistrations,
    limitDay,
    requireJsonObject,
    requireStatement,
    requireMetadata,
    requirePolicy,
  ],
  async (x) => {
    const { metadata } = registrationOf(x);
    const secret = metadata.token_endpoint_auth_method.startsWith('client_secret_') ? newSecret() : undefined;
    const registrationToken = newSecret();
    const client: Client & Partial<ClientLife> = {
      ...newClient(x),
      ...(secret === undefined ? {} : { secretHash: secretHash(secret) }),
      registrationTokenHash: secretHash(registrationToken),
    };
    await store(x, client);
    const { clientId, status, scope } = client;
    await x.gate.audit.record(x.site.name, { ...actorOf(x), clientId, act: 'client-registered', state: status, scope });
    return registeredAnswer(x, metadata, {
      ...clientMetadataJson(client, x.site),
      ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
      registration_access_token: registrationToken,
    });
  },
  refuseRegistration,
);

function decisionOf(x: Exchange): PolicyDecision {
  const decision = decisions.get(x);
  if (!decision) throw new TypeError('The policy was not asked');
  return decision;
}

function newClient(x: Exchange): Client & Partial<ClientLife> {
  const { metadata, scopes, warnings } = registrationOf(x);
  const { rule, decision, reason, grantedScope, expiresInDays } = decisionOf(x);
  const scope = scopes.map(({ text }) => text).join(' ');
  const base = { clientId: newIdentifier(), metadata, scope, epoch: 0, createdAt: x.now, reason };
  if (decision !== 'approve') {
    const waiting = { since: x.now, for: 'registration' as const };
    const notice = `The client is not enabled yet. ${reason}`;
    return { ...base, status: 'pending', grantedScope: '', warnings: [...warnings, notice], waiting };
  }
  return {
    ...base,
    status: 'approved',
    grantedScope,
    warnings,
    decidedAt: x.now,
    approved: { metadata, scope, granted_scope: grantedScope, by: `policy:${rule}` },
    ...(expiresInDays === undefined ? {} : { approvalExpiresAt: x.now + expiresInDays * day }),
  };
}

/** Client, first line of its history, and one use of the initial access token: all of them or none. */
async function store(x: Exchange, client: Client & Partial<ClientLife>): Promise<void> {
  const token = initialAccessTokens.get(x);
  const { rule, decision, reason } = decisionOf(x);
  const content = {
    decision,
    granted_scope: client.grantedScope,
    ...(token ? { initial_access_token: token.name } : {}),
  };
  const isStored = await x.site.store.registrations.insert(
    { ...client, ...(token === undefined ? {} : { registeredBy: token.createdBy }) },
    {
      decision: { at: x.now, by: `policy:${rule}`, action: 'register', reason, content },
      ...(token === undefined ? {} : { initialAccessToken: token.hash }),
    },
  );
  if (!isStored) throw noEntry();
  x.gate.registrations.count(x.request.remoteAddress);
}

function noEntry(): OAuthError {
  return new OAuthError('initial-access-token', { headers: { 'www-authenticate': 'Bearer realm="registration"' } });
}

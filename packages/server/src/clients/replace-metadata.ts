import { isDeepStrictEqual } from 'node:util';
import { narrow, parseScope } from '@chartgate/fhir';
import { assertionChecks, assertionUse } from '../oauth/assertion-checks.ts';
import { isSecretOf } from '../oauth/client-authentication.ts';
import { type Choice, check, type Step } from '../oauth/endpoint.ts';
import type { Exchange, GateAnswer } from '../oauth/exchange.ts';
import { readJwks } from '../oauth/jwks.ts';
import { OAuthError, shown } from '../oauth/oauth-error.ts';
import { newSecret, secretHash } from '../oauth/secret.ts';
import type { Client, ClientMetadata } from '../store/gate-ports.ts';
import type { ClientChange, ClientLife, RetiredKey } from '../store/registration-ports.ts';
import { differences, isMaterial, keysOf } from './difference.ts';
import { longestOverlap } from './overlap.ts';
import { change, ownedClient, shownClient } from './owner.ts';
import { decideByPolicy, readPolicy } from './policy.ts';
import { applicantOf } from './registration.ts';
import {
  bodyOf,
  limitRegistrations,
  registrationOf,
  requireJsonObject,
  requireMetadata,
  requireStatement,
} from './registration-body.ts';

/** So many keys that left are remembered. */
const mostRetired = 20;

/** "This request MUST include the client_id"; a secret that is sent must be the client's (RFC 7592 section 2.2). */
const requireSameClient = check('client_id and client_secret are the client’s', (x) => {
  const { client_id, client_secret, keys_overlap } = bodyOf(x).body;
  const client = ownedClient(x);
  if (client_id !== client.clientId) {
    throw wrong('client_id must be there and be the one of this client.', `client_id: ${shown(client_id)}`);
  }
  if (client_secret !== undefined && client_secret !== null) {
    const isRight = typeof client_secret === 'string' && isSecretOf(client, client_secret, x.now);
    if (!isRight) throw wrong('client_secret is not the one of this client.', 'another client_secret');
  }
  if (keys_overlap === undefined || keys_overlap === null) return;
  if (!Number.isInteger(keys_overlap) || Number(keys_overlap) < 0 || Number(keys_overlap) > longestOverlap) {
    throw wrong(`keys_overlap must be seconds, at most ${longestOverlap}.`, `keys_overlap: ${shown(keys_overlap)}`);
  }
});

const requireNotRejected = check('the approval policy does not refuse it', async (x) => {
  const policy = await readPolicy(x.site.store.settings);
  const { decision, reason, rule } = decideByPolicy(applicantOf(x), policy, x.settings.four_eyes);
  if (decision === 'reject') throw new OAuthError('policy-reject', { description: reason, received: `rule ${rule}` });
});

const keepFormOfAssertion = check('client_assertion is the proof of a key', (x) => {
  x.form = new Map([
    ['client_assertion', String(bodyOf(x).body.client_assertion)],
    ['client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
  ]);
});

const requireProofOfOwner = check('assertion is by this client, and unused', async (x) => {
  const { clientId, retiredKeys } = ownedClient(x);
  // a key on its way out names no others
  const retired = readJwks({ keys: retiredKeys.map(({ jwk }) => jwk) }, mostRetired).keys;
  if (retired.some(({ thumbprint }) => thumbprint === x.key?.thumbprint)) throw new OAuthError('key-unknown');
  if (x.client?.clientId !== clientId || x.assertion?.claims.sub !== clientId) throw new OAuthError('client-id');
  if (!(await x.site.store.tokens.useAssertion(assertionUse(x)))) throw new OAuthError('jti-used');
});

/** Who holds a key of the client may name the next ones: shown by an assertion as for the token endpoint. */
const proofOfKey: Choice = {
  choose: (x) => (hasProof(x) ? [keepFormOfAssertion, ...assertionChecks, requireProofOfOwner] : []),
};

function hasProof(x: Exchange): boolean {
  return typeof bodyOf(x).body.client_assertion === 'string';
}

/** What the body of a replacement must be. */
export const replacementSteps: readonly Step[] = [
  limitRegistrations,
  requireJsonObject,
  requireSameClient,
  requireStatement,
  requireMetadata,
  requireNotRejected,
  proofOfKey,
];

/**
 * Replaces the metadata: what is not sent is no more. An approved client that would see more, or look like another one,
 * goes back to review and its tokens die; what an administrator need not look at, its owner may change alone.
 * @see https://www.rfc-editor.org/rfc/rfc7592#section-2.2
 */
export async function replaceMetadata(x: Exchange, client: Client & ClientLife): Promise<GateAnswer> {
  const { metadata, scopes, warnings } = registrationOf(x);
  const scope = scopes.map(({ text }) => text).join(' ');
  const differing = differences(client.metadata, metadata);
  const review = differing.filter((one) => isMaterial(one) && !(one.member === 'jwks' && isKeyRotation(x, one.after)));
  const { secret, change: ofSecret } = secretChange(client, metadata);
  const changed: ClientChange = {
    metadata,
    scope,
    warnings,
    ...ofSecret,
    retiredKeys: retiredKeys(x, client, metadata),
    firstApproval: null,
    ...stateChange(x, client, scope, review.length > 0),
  };
  const action = differing.length === 1 && differing[0]?.member === 'jwks' ? 'rotate-keys' : 'change';
  const members = { members: differing.map(({ member }) => member), review: review.map(({ member }) => member) };
  const after = await change(x, changed, action, members);
  x.gate.registrations.count(x.request.remoteAddress);
  return shownClient(x, after, secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 });
}

function isKeyRotation(x: Exchange, after: unknown): boolean {
  return hasProof(x) && (keysOf(after) ?? []).length > 0;
}

/** What becomes of status and grant. Tokens that hold a scope which is asked for no longer die as well. */
function stateChange(x: Exchange, client: Client & ClientLife, scope: string, isReview: boolean): ClientChange {
  if (client.status !== 'approved') return {};
  if (isReview) {
    const reason = 'What was approved has changed: an administrator decides anew.';
    const waiting = { since: x.now, for: 'change' as const };
    return { status: 'pending', grantedScope: '', waiting, approvalExpiresAt: null, reason, endsTokens: true };
  }
  const left = narrow(parseScope(client.grantedScope).scopes, parseScope(scope).scopes);
  const grantedScope = left.map(({ text }) => text).join(' ');
  return grantedScope === client.grantedScope ? {} : { grantedScope, endsTokens: true };
}

/** A client that has begun to use a secret gets one; one that uses none any more keeps none. */
function secretChange({ secretHash: present }: Client, { token_endpoint_auth_method: method }: ClientMetadata) {
  const usesSecret = method.startsWith('client_secret_');
  if (usesSecret && present === undefined) {
    const secret = newSecret();
    return { secret, change: { secretHash: secretHash(secret) } };
  }
  const isLeft = !usesSecret && present !== undefined;
  return { secret: undefined, change: isLeft ? { secretHash: null, previousSecret: null } : {} };
}

/** Keys that left the set go on being good for as long as was asked, should somebody still sign with them. */
function retiredKeys(x: Exchange, client: Client & ClientLife, metadata: ClientMetadata): readonly RetiredKey[] {
  const overlap = Number(bodyOf(x).body.keys_overlap ?? 0);
  const present = keysOf(metadata.jwks) ?? [];
  const until = x.now + overlap * 1000;
  const left = overlap > 0 ? (keysOf(client.metadata.jwks) ?? []).map((jwk) => ({ jwk, until })) : [];
  return [...left, ...client.retiredKeys.filter((key) => key.until > x.now)]
    .filter(({ jwk }) => !present.some((other) => isDeepStrictEqual(other, jwk)))
    .slice(0, mostRetired);
}

function wrong(description: string, received: string): OAuthError {
  return new OAuthError('metadata', { description, received });
}

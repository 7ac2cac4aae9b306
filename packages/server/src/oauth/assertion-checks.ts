import { createHash, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { type Assertion, assertionType, parseAssertion } from './assertion.ts';
import { check, type Step } from './endpoint.ts';
import { clientOf, type Exchange, parameter } from './exchange.ts';
import { type AssertionAlgorithm, assertionAlgorithms, type VerificationKey } from './jwks.ts';
import { OAuthError, shown, shownRedacted } from './oauth-error.ts';
import { JwksUnavailable } from './remote-jwks.ts';

/** Longest lifetime of an assertion, seconds. "no more than five minutes in the future" */
const longestLifetime = 300;
const longestJti = 256;

const verifySignature = promisify(verify);

function assertionOf(x: Exchange): Assertion {
  if (!x.assertion) throw new TypeError('No check has read the assertion yet');
  return x.assertion;
}

const requireAssertionType = check('client_assertion_type', (x) => {
  const type = parameter(x, 'client_assertion_type');
  if (type !== assertionType) throw new OAuthError('assertion-type', { received: shownRedacted(type) });
});

const requireWellFormed = check('assertion is a JWT', (x) => {
  const assertion = parseAssertion(parameter(x, 'client_assertion') ?? '');
  if (typeof assertion === 'string') throw new OAuthError('assertion-malformed', { received: assertion });
  x.assertion = assertion;
  const { typ } = assertion.header;
  if (typ !== undefined && (typeof typ !== 'string' || !/^(application\/)?jwt$/i.test(typ))) {
    throw new OAuthError('assertion-typ', { received: `"typ": ${shown(typ)}` });
  }
});

const requireAlgorithm = check('alg', (x) => {
  const { alg } = assertionOf(x).header;
  if (!assertionAlgorithms.includes(alg as AssertionAlgorithm)) {
    throw new OAuthError('assertion-alg', { received: shown(alg) });
  }
});

const requireKid = check('kid', (x) => {
  const { kid } = assertionOf(x).header;
  if (typeof kid !== 'string' || kid === '') throw new OAuthError('assertion-kid', { received: shown(kid) });
});

/** The client is named by `sub`; nothing is believed yet but that it is to be looked up. */
export const findClientOfAssertion = check('client is known', async (x) => {
  const { sub } = assertionOf(x).claims;
  const client = typeof sub === 'string' ? await x.site.client(sub) : undefined;
  if (!client) throw new OAuthError('client-unknown', { received: `sub: ${shown(sub)}` });
  x.client = client;
});

export const requireApproved = check('client is approved', (x) => {
  const { status } = clientOf(x);
  if (status !== 'approved') throw new OAuthError(`client-${status}`, { received: status });
});

/** A `jku` is never followed; where it names another place than the registered one, the sender means another key. */
const ignoreForeignKeyPlaces = check('jku is the registered one', (x) => {
  const { jku, x5u, jwk, crit } = assertionOf(x).header;
  if (jku !== undefined && jku !== clientOf(x).metadata.jwks_uri) {
    throw new OAuthError('assertion-jku', { received: `jku: ${shown(jku)}` });
  }
  const other = Object.entries({ x5u, jwk, crit }).find(([, value]) => value !== undefined);
  if (other) throw new OAuthError('assertion-jku', { received: `a header "${other[0]}"` });
});

const findKey = check('key is registered', async (x) => {
  const { alg, kid } = assertionOf(x).header;
  const keys = await registeredKeys(x, String(kid));
  const named = keys.filter((key) => key.kid === kid);
  const fitting = named.filter((key) => key.algorithm === alg);
  const names = keys.map((key) => `${key.kid} (${key.algorithm})`).join(', ');
  const facts = { expected: `one of ${shown(names)}`, received: `kid ${shown(kid)}, alg ${shown(alg)}` };
  const required = clientOf(x).metadata.token_endpoint_auth_signing_alg;
  if (required !== undefined && alg !== required) {
    throw new OAuthError('key-algorithm', { ...facts, expected: `${shown(required)}, as registered` });
  }
  if (named.length === 0) throw new OAuthError('key-unknown', facts);
  if (fitting.length !== 1) throw new OAuthError('key-algorithm', facts);
  x.key = fitting[0] as VerificationKey;
});

async function registeredKeys(x: Exchange, kid: string): Promise<readonly VerificationKey[]> {
  const client = clientOf(x);
  try {
    const keys = await x.site.keysOf(client, kid);
    if (keys.length === 0) throw new OAuthError('keys-none');
    return keys;
  } catch (error) {
    if (!(error instanceof JwksUnavailable)) throw error;
    throw new OAuthError('keys-unavailable', { received: error.message, expected: shown(client.metadata.jwks_uri) });
  }
}

const requireSignature = check('signature', async (x) => {
  const { signed, signature } = assertionOf(x);
  const key = x.key?.key;
  if (!key || !(await verifySignature('sha384', signed, { key, dsaEncoding: 'ieee-p1363' }, signature))) {
    throw new OAuthError('signature', { expected: `signed by the private half of ${x.key?.thumbprint} (thumbprint)` });
  }
});

const requireIssuer = check('iss and sub are the client_id', (x) => {
  const { iss, sub } = assertionOf(x).claims;
  const { clientId } = clientOf(x);
  const received = `iss: ${shown(iss)}, sub: ${shown(sub)}`;
  if (iss !== clientId || sub !== clientId) throw new OAuthError('assertion-iss', { received, expected: clientId });
  const named = parameter(x, 'client_id');
  if (named !== undefined && named !== clientId) {
    throw new OAuthError('client-id', { received: `client_id: ${shown(named)}`, expected: clientId });
  }
});

/**
 * The audience is the token URL and nobody else: an assertion that names a second server could be replayed there. An
 * array of that one URL says the same as the string (RFC 7519 section 4.1.3), and some libraries write no other form.
 */
const requireAudience = check('aud is the token URL', (x) => {
  const { aud } = assertionOf(x).claims;
  const audience: unknown = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  if (audience !== x.site.tokenUrl) {
    throw new OAuthError('assertion-aud', { received: shown(aud), expected: x.site.tokenUrl });
  }
});

const requireExpiry = check('exp', (x) => {
  const { exp } = assertionOf(x).claims;
  const { clockSkew } = x.gate.config;
  const now = x.now / 1000;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw new OAuthError('exp-missing', { received: shown(exp) });
  const facts = { received: `${exp}, which is ${offset(exp - now)}`, expected: `${Math.floor(now)} + 300 at most` };
  if (exp <= now - clockSkew) {
    const received = `${facts.received}${offBy(now - exp, 'behind')}`;
    throw new OAuthError('exp-past', { received, expected: `later than ${Math.floor(now)}` });
  }
  if (exp > now + longestLifetime + clockSkew) {
    throw new OAuthError('exp-far', {
      ...facts,
      received: `${facts.received}${offBy(exp - now - longestLifetime, 'ahead')}`,
    });
  }
});

const requireStarted = check('nbf and iat are not in the future', (x) => {
  const now = x.now / 1000;
  for (const name of ['nbf', 'iat'] as const) {
    const value = assertionOf(x).claims[name];
    if (value === undefined) continue;
    if (typeof value !== 'number' || value > now + x.gate.config.clockSkew) {
      const ahead = typeof value === 'number' ? `, which is ${offset(value - now)}${offBy(value - now, 'ahead')}` : '';
      const received = `${name}: ${shown(value)}${ahead}`;
      throw new OAuthError('assertion-early', { received, expected: `at most ${Math.floor(now)}` });
    }
  }
});

const requireJti = check('jti', (x) => {
  const { jti } = assertionOf(x).claims;
  if (typeof jti !== 'string' || jti === '') throw new OAuthError('jti-missing', { received: shown(jti) });
  if (jti.length > longestJti) throw new OAuthError('jti-long', { received: `${jti.length} characters` });
});

/** The assertion's use, to be stored when it is accepted: hash of client and `jti`, kept until it is past anyway. */
export function assertionUse(x: Exchange) {
  const { jti, exp } = assertionOf(x).claims;
  return {
    hash: createHash('sha256')
      .update(`${clientOf(x).clientId}\n${jti}`)
      .digest(),
    expiresAt: Math.ceil((Number(exp) + x.gate.config.clockSkew) * 1000),
  };
}

/** By how much the client's clock must be wrong for a new assertion to look so; beyond a day it is no clock. */
function offBy(seconds: number, direction: 'ahead' | 'behind'): string {
  const least = Math.ceil(seconds);
  if (least > 24 * 3600) return '';
  return `; if it was just made, the clock that made it is at least ${least} s ${direction}`;
}

function offset(seconds: number): string {
  const rounded = Math.round(seconds);
  return rounded < 0 ? `${-rounded} s ago by this server's clock` : `${rounded} s ahead by this server's clock`;
}

/**
 * private_key_jwt (SMART's asymmetric client authentication): the checks in order. What is left to the caller: that
 * the `jti` is unused, which must be found out in the same statement that uses it.
 * @see https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html
 */
export const assertionChecks: readonly Step[] = [
  requireAssertionType,
  requireWellFormed,
  requireAlgorithm,
  requireKid,
  findClientOfAssertion,
  requireApproved,
  ignoreForeignKeyPlaces,
  findKey,
  requireSignature,
  requireIssuer,
  requireAudience,
  requireExpiry,
  requireStarted,
  requireJti,
];

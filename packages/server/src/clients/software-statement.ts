import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Assertion, parseAssertion } from '../oauth/assertion.ts';
import type { Exchange } from '../oauth/exchange.ts';
import { FetchRefused } from '../oauth/guarded-fetch.ts';
import { type JsonObject, readJsonObject } from '../oauth/json.ts';
import { OAuthError, shown } from '../oauth/oauth-error.ts';
import type { TrustedIssuer } from '../store/registration-ports.ts';

/** Algorithms of software statements: the key's type and curve, and the hash. */
export const statementAlgorithms = {
  RS256: { kty: 'RSA', crv: undefined, hash: 'sha256' },
  RS384: { kty: 'RSA', crv: undefined, hash: 'sha384' },
  ES256: { kty: 'EC', crv: 'P-256', hash: 'sha256' },
  ES384: { kty: 'EC', crv: 'P-384', hash: 'sha384' },
} as const;

export type StatementAlgorithm = keyof typeof statementAlgorithms;

type Jwk = JsonWebKey & { readonly kid?: unknown };

/** Claims about the statement itself; all others are client metadata. */
const ownClaims: readonly string[] = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'];

const mostKeys = 100;

/**
 * Verifies a software statement and returns what its issuer says of the client.
 * @throws {OAuthError} invalid_software_statement, unapproved_software_statement
 * @see https://www.rfc-editor.org/rfc/rfc7591#section-2.3
 */
export async function readSoftwareStatement(
  x: Exchange,
  text: unknown,
): Promise<{ readonly issuer: string; readonly claims: JsonObject }> {
  const statement = typeof text === 'string' ? parseAssertion(text) : 'no text';
  if (typeof statement === 'string') throw invalid('It is no signed JWT.', statement);
  const { iss } = statement.claims;
  const trusted = typeof iss === 'string' ? await x.site.store.trustedIssuers.find(iss) : undefined;
  if (!trusted) throw new OAuthError('software-statement-issuer', { received: `iss: ${shown(iss)}` });
  await requireSignature(x, statement, trusted);
  requireTimes(x, statement.claims);
  requireAudience(x, statement.claims.aud);
  const claims = Object.entries(statement.claims).filter(([name]) => !ownClaims.includes(name));
  return { issuer: trusted.issuer, claims: Object.fromEntries(claims) };
}

async function requireSignature(x: Exchange, { header, signed, signature }: Assertion, trusted: TrustedIssuer) {
  const { alg, kid, crit } = header;
  const algorithm = trusted.algorithms.find((known) => known === alg) as StatementAlgorithm | undefined;
  if (algorithm === undefined || crit !== undefined) {
    throw invalid(`It must be signed with ${trusted.algorithms.join(' or ')}.`, `alg: ${shown(alg)}`);
  }
  const keys = (await keysOf(x, trusted)).filter((jwk) => kid === undefined || jwk.kid === kid);
  const usable = keys.flatMap((jwk) => verificationKey(jwk, algorithm) ?? []);
  const { hash } = statementAlgorithms[algorithm];
  if (!usable.some((key) => verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature))) {
    throw invalid('Its signature is by none of the keys of its issuer.', `kid: ${shown(kid)}, alg: ${shown(alg)}`);
  }
}

/** The key, where it can verify this algorithm; one that is weak cannot. */
export function verificationKey(jwk: Jwk, algorithm: StatementAlgorithm): KeyObject | undefined {
  const { kty, crv } = statementAlgorithms[algorithm];
  const isMeant = jwk.kty === kty && (crv === undefined || jwk.crv === crv) && (jwk.use ?? 'sig') === 'sig';
  if (!isMeant || (jwk.alg !== undefined && jwk.alg !== algorithm)) return undefined;
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    return kty === 'RSA' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048 ? undefined : key;
  } catch {
    return undefined;
  }
}

/** Sets of issuers by their URL, for a minute, so that registrations do not become requests to them one to one. */
const fetched = new LRUCache<string, readonly Jwk[]>({ max: 100, ttl: 60_000 });

async function keysOf({ site }: Exchange, { jwks, jwksUri }: TrustedIssuer): Promise<readonly Jwk[]> {
  if (jwks !== undefined) return jwks.keys as readonly Jwk[];
  const url = jwksUri ?? '';
  const known = fetched.get(url);
  if (known) return known;
  try {
    const set = readJsonObject((await site.fetch(url)).text);
    const keys = typeof set !== 'string' && Array.isArray(set.keys) ? (set.keys as Jwk[]).slice(0, mostKeys) : [];
    const objects = keys.filter((jwk) => typeof jwk === 'object' && jwk !== null);
    fetched.set(url, objects);
    return objects;
  } catch (error) {
    if (!(error instanceof FetchRefused)) throw error;
    throw invalid('The keys of its issuer cannot be had now.', error.message);
  }
}

function requireTimes({ now, gate }: Exchange, { exp, nbf, iat }: JsonObject): void {
  const seconds = now / 1000;
  const { clockSkew } = gate.config;
  if (exp !== undefined && !(typeof exp === 'number' && exp > seconds - clockSkew)) {
    throw invalid('It has expired.', `exp: ${shown(exp)}`);
  }
  for (const value of [nbf, iat]) {
    if (value !== undefined && !(typeof value === 'number' && value <= seconds + clockSkew)) {
      throw invalid('It is not valid yet.', `nbf or iat: ${shown(value)}`);
    }
  }
}

/** One that names an audience is for that audience. */
function requireAudience({ site }: Exchange, aud: unknown): void {
  if (aud === undefined) return;
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (audiences.some((one) => one === site.issuer || one === `${site.issuer}/registration`)) return;
  throw invalid('It is for another server.', `aud: ${shown(aud)}`);
}

function invalid(why: string, received: string): OAuthError {
  return new OAuthError('software-statement', { description: `The software statement is not valid: ${why}`, received });
}

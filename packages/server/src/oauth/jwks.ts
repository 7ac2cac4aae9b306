import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

/** The signature algorithms of client assertions. @see https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html */
export type AssertionAlgorithm = 'RS384' | 'ES384';

export const assertionAlgorithms: readonly AssertionAlgorithm[] = ['RS384', 'ES384'];

/** A client's public key, ready to verify with. */
export type VerificationKey = {
  readonly kid: string;
  readonly algorithm: AssertionAlgorithm;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
  readonly key: KeyObject;
};

/** What reading a JWKS found. `faults` make the whole set unfit; `notes` name keys that are left aside, and why. */
export type JwksReading = {
  readonly keys: readonly VerificationKey[];
  readonly faults: readonly string[];
  readonly notes: readonly string[];
};

type KeyReading = { readonly key?: VerificationKey; readonly fault?: string; readonly notes: readonly string[] };

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Keys whose private half anybody can download: examples and fixtures, by thumbprint. */
const publishedKeys = new Map([
  ['6jxBwaAh5e-xDCoL0opLW3SepITdkIppXboiPizCO9s', 'a test fixture of OpenEMR'],
  ['Q7fgcIzqt0bVAKsWaw_FyUFSDDpOTfsGdGtjJmAnzFY', 'the Inferno test kit'],
  ['RBFgQFFUIf4hfG8iUUZrf3vFZ_V2r3YRGPx9nKJXk5M', 'the Inferno test kit'],
]);
const publishedKids = new Set([
  '5c17409c-87f0-4713-814f-c864bfe876bc',
  'b41528b6f37a9500edb8a905a595bdd7',
  '4b49a739d1eb115b3225f4cf9beb6d1b',
]);

/**
 * Reads a JSON Web Key Set: RSA keys of 2048 to 8192 bits (RS384) and EC keys on P-384 (ES384) can be used; private
 * or symmetric key material and weak keys are faults; anything else is left aside with a note.
 * @param maxKeys more than these are a fault
 * @see https://www.rfc-editor.org/rfc/rfc7517#section-5
 */
export function readJwks(value: unknown, maxKeys: number): JwksReading {
  const members = (value as { keys?: unknown } | null | undefined)?.keys;
  if (!Array.isArray(members)) {
    return { keys: [], faults: ['jwks must be an object with a "keys" array: {"keys":[{"kty":…}]}.'], notes: [] };
  }
  if (members.length > maxKeys) {
    return { keys: [], faults: [`jwks holds ${members.length} keys; at most ${maxKeys} are read.`], notes: [] };
  }
  const readings = members.map((jwk: unknown, i) => readKey(jwk, `keys[${i}]`));
  const keys = readings.flatMap((reading) => reading.key ?? []);
  const faults = readings.flatMap((reading) => reading.fault ?? []);
  const repeated = keys.find((key, i) => keys.findIndex((k) => sameName(k, key)) !== i);
  if (repeated) faults.push(`Two keys have the kid ${JSON.stringify(repeated.kid)}: give each key its own.`);
  if (faults.length === 0 && keys.length === 0) {
    faults.push('jwks holds no key that can verify an assertion: register an RSA key (RS384) or one on P-384 (ES384).');
  }
  return { keys, faults, notes: readings.flatMap((reading) => reading.notes) };
}

const sameName = (a: VerificationKey, b: VerificationKey) => a.kid === b.kid && a.algorithm === b.algorithm;

function readKey(value: unknown, at: string): KeyReading {
  if (typeof value !== 'object' || value === null) return { fault: `${at} is not a JSON object.`, notes: [] };
  const jwk = value as JsonWebKey & { kid?: unknown };
  if (jwk.kty === 'oct') {
    return {
      fault: `${at} is a symmetric key ("kty":"oct"): anybody who can read it can sign. Make a key pair and register its public half.`,
      notes: [],
    };
  }
  const secret = privateMembers.filter((member) => member in jwk);
  if (secret.length > 0) {
    return {
      fault: `${at} holds private key material (${secret.join(', ')}). It has now left your hands: throw the key away, make a new one, and register only its public half.`,
      notes: [],
    };
  }
  const algorithm = jwk.kty === 'RSA' ? 'RS384' : jwk.kty === 'EC' && jwk.crv === 'P-384' ? 'ES384' : undefined;
  const aside = unusable(jwk, algorithm);
  if (algorithm === undefined || aside !== undefined) return { notes: [`${at} is left aside: ${aside}.`] };
  return importKey(jwk, algorithm, at);
}

/** Why a key cannot verify assertions; undefined where it can. */
function unusable(jwk: JsonWebKey, algorithm: AssertionAlgorithm | undefined): string | undefined {
  if (algorithm === undefined) return 'only RSA keys (RS384) and EC keys on P-384 (ES384) verify assertions';
  if (jwk.use !== undefined && jwk.use !== 'sig') return 'its "use" is not "sig"';
  if (Array.isArray(jwk.key_ops) && !jwk.key_ops.includes('verify')) return 'its "key_ops" do not include "verify"';
  if (jwk.alg !== undefined && jwk.alg !== algorithm) return `its "alg" is not ${algorithm}`;
  return undefined;
}

function importKey(jwk: JsonWebKey & { kid?: unknown }, algorithm: AssertionAlgorithm, at: string): KeyReading {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return { fault: `${at} is not a valid public key: its numbers do not make one.`, notes: [] };
  }
  const weakness = algorithm === 'RS384' ? rsaWeakness(key) : undefined;
  if (weakness) return { fault: `${at} ${weakness}`, notes: [] };
  const thumbprint = jwkThumbprint(key);
  const notes: string[] = [];
  const kid = typeof jwk.kid === 'string' && jwk.kid !== '' ? jwk.kid : thumbprint;
  if (kid !== jwk.kid) notes.push(`${at} has no "kid": assertions must name it by its thumbprint, ${thumbprint}.`);
  const origin = publishedKeys.get(thumbprint) ?? (publishedKids.has(kid) ? 'a published example' : undefined);
  if (origin) notes.push(`${at} comes from ${origin}: its private half is public. Use it for tests only.`);
  return { key: { kid, algorithm, thumbprint, key }, notes };
}

function rsaWeakness(key: KeyObject): string | undefined {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < 2048) {
    return `is an RSA key of ${modulusLength} bits, which can be broken: make one of at least 2048, or use ES384.`;
  }
  if (modulusLength > 8192) return `is an RSA key of ${modulusLength} bits: at most 8192 are taken.`;
  if (publicExponent < 3n || publicExponent % 2n === 0n) return 'has an RSA exponent that does not protect anything.';
  return undefined;
}

/** @see https://www.rfc-editor.org/rfc/rfc7638#section-3 */
export function jwkThumbprint(publicKey: KeyObject): string {
  const { kty, crv, x, y, e, n } = publicKey.export({ format: 'jwk' });
  const required = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y };
  return createHash('sha256').update(JSON.stringify(required)).digest('base64url');
}

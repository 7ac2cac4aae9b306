import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importJWK,
  importPKCS8,
  type JWK,
} from 'jose';
import { KeyError } from './errors.ts';
import { isObject, parseJson } from './http.ts';

/** The two algorithms that SMART asks every server to know. @see https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html */
export type Algorithm = 'RS384' | 'ES384';

/** A private key ready to sign, with its public half as a JWK. `kid` is the RFC 7638 SHA-256 thumbprint unless the key brought its own. */
export type SigningKey = {
  readonly alg: Algorithm;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
};

/** A JSON Web Key Set. @see https://www.rfc-editor.org/rfc/rfc7517#section-5 */
export type Jwks = { readonly keys: readonly JWK[] };

/** Makes a key pair with WebCrypto. @param modulusLength of RS384, bits: 2048, 3072 or 4096 (Default: 3072) */
export async function generateKey(alg: Algorithm, modulusLength = 3072): Promise<SigningKey> {
  if (alg === 'RS384' && ![2048, 3072, 4096].includes(modulusLength)) {
    throw new KeyError(`An RSA key has 2048, 3072 or 4096 bits, not ${modulusLength}.`);
  }
  const pair = await generateKeyPair(alg, { extractable: true, modulusLength });
  return signingKey(pair.privateKey, alg);
}

/**
 * Reads a private key: a JWK, a JWKS whose first private key counts, or PKCS #8 in PEM.
 * @throws {KeyError} when the text is no private RSA (2048 bits at least) or P-384 key
 */
export async function importKey(text: string): Promise<SigningKey> {
  return text.trimStart().startsWith('-----') ? importPem(text.trim()) : importPrivateJwk(parseJson(text));
}

/** The public keys to register, or to publish under `jwks_uri`. */
export function jwks(...keys: readonly SigningKey[]): Jwks {
  return { keys: keys.map((key) => key.publicJwk) };
}

/** The private key as a JWK, to be kept where only its owner reads it. */
export async function privateJwk(key: SigningKey): Promise<JWK> {
  return { ...(await exportJWK(key.privateKey)), use: 'sig', alg: key.alg, kid: key.kid };
}

/** The private key as PKCS #8 in PEM. */
export function privatePem(key: SigningKey): Promise<string> {
  return exportPKCS8(key.privateKey);
}

async function importPrivateJwk(value: unknown): Promise<SigningKey> {
  const keys = isObject(value) && Array.isArray(value.keys) ? value.keys : [value];
  const jwk = keys.find((key): key is JWK => isObject(key) && typeof key.d === 'string');
  if (!jwk) throw new KeyError('No private key is in it. Expected a JWK with its private members, or PKCS #8 in PEM.');
  const alg = algorithmOf(jwk);
  try {
    const key = await importJWK({ ...jwk, alg }, alg, { extractable: true });
    return signingKey(key as CryptoKey, alg, jwk.kid);
  } catch (cause) {
    if (cause instanceof KeyError) throw cause;
    throw new KeyError('The JWK cannot be used: its members do not make a key.', cause);
  }
}

async function importPem(pem: string): Promise<SigningKey> {
  if (!pem.startsWith('-----BEGIN PRIVATE KEY-----')) {
    const kind = /^-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(pem)?.[1] ?? 'something else';
    throw new KeyError(
      `The PEM holds ${kind}; expected PRIVATE KEY (PKCS #8, not encrypted). Convert it with: openssl pkcs8 -topk8 -nocrypt -in KEY -out KEY.pem`,
    );
  }
  for (const alg of ['RS384', 'ES384'] as const) {
    const key = await importPKCS8(pem, alg, { extractable: true }).catch(() => undefined);
    if (key) return signingKey(key, alg);
  }
  throw new KeyError('The PEM holds neither an RSA nor a P-384 private key.');
}

function algorithmOf(jwk: JWK): Algorithm {
  const alg = jwk.kty === 'RSA' ? 'RS384' : jwk.kty === 'EC' && jwk.crv === 'P-384' ? 'ES384' : undefined;
  if (!alg || (jwk.alg !== undefined && jwk.alg !== alg)) {
    throw new KeyError('The key must be RSA for RS384 or EC P-384 for ES384: SMART knows no others.');
  }
  return alg;
}

async function signingKey(privateKey: CryptoKey, alg: Algorithm, ownKid?: string): Promise<SigningKey> {
  const full = await exportJWK(privateKey);
  const half = alg === 'RS384' ? { kty: 'RSA', n: full.n!, e: full.e! } : ecHalf(full);
  if (alg === 'RS384' && bits(full.n!) < 2048) {
    throw new KeyError(`The RSA key has ${bits(full.n!)} bits; at least 2048 are needed.`);
  }
  const kid = ownKid ?? (await calculateJwkThumbprint(half, 'sha256'));
  return { alg, kid, privateKey, publicJwk: { ...half, use: 'sig', alg, kid } };
}

const ecHalf = (jwk: JWK) => ({ kty: 'EC', crv: 'P-384', x: jwk.x!, y: jwk.y! });

/** The length of a base64url integer, to the byte. */
const bits = (base64url: string): number => Math.floor((base64url.length * 6) / 8) * 8;

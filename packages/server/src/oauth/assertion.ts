import { readJsonObject } from './json.ts';

/** A client assertion, taken apart and not yet believed. @see https://www.rfc-editor.org/rfc/rfc7523#section-3 */
export type Assertion = {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the signature signs: header and payload as they were sent. */
  readonly signed: Buffer;
  readonly signature: Buffer;
};

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const longestAssertion = 16_384;

/** Takes a compact JWS apart; a text says what is wrong where it is none. */
export function parseAssertion(text: string): Assertion | string {
  if (text.length > longestAssertion) return `${text.length} characters; at most ${longestAssertion} are read`;
  const parts = text.split('.');
  if (parts.length !== 3) return `${parts.length} ${parts.length === 1 ? 'part' : 'parts'} separated by dots`;
  const [header = '', payload = '', signature = ''] = parts;
  if (!parts.every((part) => /^[\w-]*$/.test(part))) return 'characters that base64url does not have';
  const headerObject = readJsonObject(decoded(header));
  if (typeof headerObject === 'string') return `a header that cannot be read: ${headerObject}`;
  const claims = readJsonObject(decoded(payload));
  if (typeof claims === 'string') return `a payload that cannot be read: ${claims}`;
  return {
    header: headerObject,
    claims,
    signed: Buffer.from(`${header}.${payload}`),
    signature: Buffer.from(signature, 'base64url'),
  };
}

function decoded(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString('utf8');
}

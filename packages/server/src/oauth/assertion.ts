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
  const headerObject = jsonObject(header);
  const claims = jsonObject(payload);
  if (!headerObject) return 'a header that is not a JSON object';
  if (!claims) return 'a payload that is not a JSON object';
  return {
    header: headerObject,
    claims,
    signed: Buffer.from(`${header}.${payload}`),
    signature: Buffer.from(signature, 'base64url'),
  };
}

function jsonObject(base64url: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

import { createPublicKey } from 'node:crypto';
import { compactVerify, errors } from 'jose';
import type { Gate, GateSite } from './gate.ts';
import { readJsonObject } from './json.ts';
import { signingKeys } from './signing-key.ts';

/** Whom an id_token of ours was about, and for whom it was. */
export type IdTokenHint = { readonly accountId: string; readonly clientId: string };

const longest = 8192;

/**
 * Reads an id_token that comes back as a hint: signed by a key of this site, also one that signs no more, whether it has
 * expired or not. Undefined where it is not ours.
 * @see https://openid.net/specs/openid-connect-rpinitiated-1_0.html#ValidationAndErrorHandling
 */
export async function readIdTokenHint(gate: Gate, site: GateSite, token: string): Promise<IdTokenHint | undefined> {
  if (token.length > longest) return undefined;
  const keys = await signingKeys(gate, site);
  const keyOf = ({ kid }: { readonly kid?: string }) => {
    const jwk = keys.find((key) => key.kid === kid)?.publicJwk;
    if (!jwk) throw new errors.JWKSNoMatchingKey();
    return createPublicKey({ key: jwk, format: 'jwk' });
  };
  try {
    const { payload } = await compactVerify(token, keyOf, { algorithms: ['RS256'] });
    const claims = readJsonObject(Buffer.from(payload).toString('utf8'));
    if (typeof claims === 'string') return undefined;
    const { iss, sub, aud } = claims;
    const isOurs = iss === site.issuer && typeof sub === 'string' && typeof aud === 'string';
    return isOurs ? { accountId: sub, clientId: aud } : undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

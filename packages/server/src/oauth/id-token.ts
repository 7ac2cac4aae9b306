import { sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { UserAuthorization } from '../store/authorization-ports.ts';
import type { Client } from '../store/gate-ports.ts';
import type { Exchange } from './exchange.ts';
import { currentSigningKey } from './signing-key.ts';
import { userClaims } from './user-claims.ts';

/** Off the event loop: on a thread of the pool, as an RSA signature takes a core for a good part of a millisecond. */
const signed = promisify(sign);

/** Claims of an id_token that are not about the user's account. */
export const protocolClaimNames = ['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'amr', 'sid'] as const;

/**
 * The id_token that goes with an access token, and lives as long: who signed in, when and how, for this client alone. It
 * opens nothing. It has no `azp`, as its audience is one.
 * @throws {Error} when the site's key was sealed under another sealing key, or the account is gone
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDToken
 */
export async function idToken(x: Exchange, authorization: UserAuthorization, client: Client): Promise<string> {
  const { gate, site, now } = x;
  const { accountId, scope, nonce, authTime, amr, sessionHash } = authorization;
  const [account, session, { kid, key }] = await Promise.all([
    site.store.accounts.find(accountId),
    sessionHash && site.store.sessions.find(sessionHash, now),
    currentSigningKey(gate, site),
  ]);
  if (!account) throw new Error('The account of an authorization is gone');
  const issuedAt = Math.floor(now / 1000);
  const claims = {
    iss: site.issuer,
    sub: accountId,
    aud: client.clientId,
    exp: issuedAt + x.settings.access_token_lifetime,
    iat: issuedAt,
    auth_time: Math.floor(authTime / 1000),
    nonce,
    amr: amr.length === 0 ? undefined : amr,
    sid: session?.session.sessionId,
    ...userClaims(account, scope, site),
  } satisfies Partial<Record<(typeof protocolClaimNames)[number], unknown>>;
  const text = `${encoded({ alg: 'RS256', typ: 'JWT', kid })}.${encoded(claims)}`;
  const signature = await signed('sha256', Buffer.from(text), key);
  return `${text}.${signature.toString('base64url')}`;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

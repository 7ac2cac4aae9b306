import { clientOf, type Exchange, parameter } from './exchange.ts';
import { ownRefreshToken } from './introspect.ts';
import { secretHash } from './secret.ts';

/** The answer of the introspection endpoint. */
export type Introspection = { readonly active: boolean; readonly [member: string]: unknown };

type Status = 'active' | 'revoked' | 'expired' | 'failed_verification';

/**
 * OpenEMR adds `status` and `jti`, and its `aud` is the client. What has the form of a token
 * and is not known is `revoked`, whether it was, never existed or is another client's: revoked ones are not kept.
 */
export async function asOpenEmr(x: Exchange, answer: Introspection): Promise<Introspection> {
  if (!answer.active) return { ...answer, status: await statusOf(x) };
  const status: Status = 'active';
  return { ...answer, status, jti: nameOf(parameter(x, 'token') ?? ''), aud: answer.client_id };
}

async function statusOf(x: Exchange): Promise<Status> {
  const refresh = await ownRefreshToken(x);
  if (refresh) return refresh.state === 'current' && refresh.expiresAt <= x.now ? 'expired' : 'revoked';
  const token = parameter(x, 'token') ?? '';
  if (!/^[\w-]{43}$/.test(token)) return 'failed_verification';
  const isExpired = await x.site.store.tokens.isExpired(secretHash(token), clientOf(x).clientId, x.now);
  return isExpired ? 'expired' : 'revoked';
}

/** A name for the token by which nobody can use or find it. */
function nameOf(token: string): string {
  return secretHash(`jti ${token}`).subarray(0, 16).toString('base64url');
}

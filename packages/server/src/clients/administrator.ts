import { signedInAtApi } from '../account/session.ts';
import type { Actor as AuditActor } from '../audit/event.ts';
import type { GateRequest } from '../oauth/exchange.ts';
import type { Gate, GateSite } from '../oauth/gate.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { bearerToken, secretHash } from '../oauth/secret.ts';
import type { Actor } from '../store/registration-ports.ts';

/** An administrator who asks, by a name that tells any two apart: `token:laptop`, `account:alice`. */
export type Administrator = { readonly name: Actor };

/**
 * Who asks: the holder of an admin token, or an administrator's account by its session. No SMART access token opens
 * this, whatever its scopes. @throws {OAuthError} 401, 404
 */
export async function identifyAdmin(
  gate: Gate,
  request: Pick<GateRequest, 'site' | 'headers'>,
): Promise<{ readonly site: GateSite; readonly by: Administrator }> {
  const site = await gate.site(request.site);
  if (!site) throw new OAuthError('unknown-site');
  const by = (await byToken(site, request)) ?? (await byAccount(gate, site, request));
  if (by) return { site, by };
  throw new OAuthError('admin-token', { headers: { 'www-authenticate': 'Bearer realm="admin"' } });
}

async function byToken(
  site: GateSite,
  request: Pick<GateRequest, 'site' | 'headers'>,
): Promise<Administrator | undefined> {
  const token = bearerToken(request.headers.authorization);
  const found = token === undefined ? undefined : await site.store.adminTokens.find(secretHash(token));
  return found && { name: `token:${found.name}` };
}

async function byAccount(
  gate: Gate,
  site: GateSite,
  { headers }: Pick<GateRequest, 'headers'>,
): Promise<Administrator | undefined> {
  const request = { method: '', query: '', body: '', site: site.name, parameters: {}, remoteAddress: '', headers };
  const signedIn = await signedInAtApi({ gate, site, settings: await site.settings(), request, now: gate.now() });
  return signedIn?.account.role === 'administrator' ? { name: `account:${signedIn.account.userName}` } : undefined;
}

/** The administrator who asks, as the audit calls one. */
export function administratorOf({ by, request }: AdministratorCall): AuditActor {
  return { administrator: by.name, address: request.remoteAddress };
}

type AdministratorCall = { readonly by: Administrator; readonly request: Pick<GateRequest, 'remoteAddress'> };

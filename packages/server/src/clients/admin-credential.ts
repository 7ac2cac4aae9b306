import type { Gate } from '../oauth/gate.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { newSecret, secretHash } from '../oauth/secret.ts';

/**
 * The admin token for a credential file: the one that stands there where it is still good, else a new one, which takes
 * the place of the older token of that name.
 * @param name tells the credentials of several machines apart, such as the host's name
 * @param current the token that the file holds now
 */
export async function ensureAdminCredential(gate: Gate, site: string, name: string, current?: string): Promise<string> {
  const here = await gate.site(site);
  if (!here) throw new OAuthError('unknown-site');
  if (current !== undefined && (await here.isAdminToken(current))) return current;
  const token = newSecret();
  await here.store.adminTokens.put({ hash: secretHash(token), name, createdAt: gate.now() });
  return token;
}

import { z } from 'zod';
import { OAuthError } from '../oauth/oauth-error.ts';
import { newSecret, secretHash } from '../oauth/secret.ts';
import { admin, bodyOf, read } from './admin.ts';

const mostTokens = 200;

const newTokenBody = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.@-][\w .@-]{0,99}$/, 'must be letters, digits, spaces and . _ @ - only')
    .describe('by which the history calls its holder'),
});

const tokenJson = z.strictObject({
  name: z.string(),
  created_at: z.iso.datetime(),
  created_by: z.string().nullable().describe("null: on the server's own machine"),
  admin_token: z.string().optional().describe('shown once'),
});

const tokenListJson = z.strictObject({ admin_tokens: z.array(tokenJson) });

/** `GET`: the admin tokens by name; no secret comes back. */
export const listAdminTokens = admin('GET', async ({ site }) => {
  const tokens = await site.store.adminTokens.list();
  return tokenListJson.parse({
    admin_tokens: tokens.map(({ name, createdAt, createdBy = null }) => ({
      name,
      created_at: new Date(createdAt).toISOString(),
      created_by: createdBy,
    })),
  });
});

/** `POST`: an admin token for somebody, or something, else. */
export const createAdminToken = admin('POST', async ({ gate, site, request, by }) => {
  const { name } = read(newTokenBody, bodyOf(request));
  const token = newSecret();
  const createdAt = gate.now();
  const row = { hash: secretHash(token), name, createdAt, createdBy: by.name };
  const why = await site.store.adminTokens.insert(row, mostTokens);
  if (why !== undefined) throw new OAuthError('admin-taken');
  const created_at = new Date(createdAt).toISOString();
  return tokenJson.parse({ name, created_at, created_by: by.name, admin_token: token });
});

/** `DELETE …/{name}`: it opens nothing from now on. The last one stays. */
export const revokeAdminToken = admin('DELETE', async ({ site, request }) => {
  const outcome = await site.store.adminTokens.remove(request.parameters.name ?? '');
  if (outcome === 'last') throw new OAuthError('admin-last');
  if (outcome === 'unknown') throw new OAuthError('admin-unknown');
  return {};
});

import { z } from 'zod';
import { OAuthError } from '../oauth/oauth-error.ts';
import { newIdentifier, newSecret, secretHash } from '../oauth/secret.ts';
import type { InitialAccessToken } from '../store/registration-ports.ts';
import { admin, bodyOf, read } from './admin.ts';

const day = 24 * 3600_000;
const mostTokens = 1000;

const newTokenBody = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(100)
    .regex(/^\P{Cc}*$/u, 'must not hold control characters')
    .describe('by which rules of the policy and the history name it'),
  max_uses: z.int().min(1).max(10_000).default(1),
  expires_in_days: z.int().min(1).max(365).default(7),
  decision: z
    .enum(['approve', 'review'])
    .optional()
    .describe('what becomes of its clients; default: what the approval policy says'),
});

const tokenJson = z.strictObject({
  id: z.string(),
  name: z.string(),
  decision: z.enum(['approve', 'review']).nullable(),
  max_uses: z.int(),
  uses: z.int(),
  created_by: z.string(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  initial_access_token: z.string().optional().describe('shown once'),
});

const tokenListJson = z.strictObject({ initial_access_tokens: z.array(tokenJson) });

/** `GET`: the initial access tokens, without the secrets. */
export const listInitialAccessTokens = admin('GET', async ({ site }) =>
  tokenListJson.parse({ initial_access_tokens: (await site.store.initialAccessTokens.list()).map(json) }),
);

/** `POST`: a new one. @see https://www.rfc-editor.org/rfc/rfc7591#section-3 */
export const createInitialAccessToken = admin('POST', async ({ gate, site, request, by }) => {
  const { name, max_uses, expires_in_days, decision } = read(newTokenBody, bodyOf(request));
  const secret = newSecret();
  const now = gate.now();
  const token: InitialAccessToken = {
    id: newIdentifier(),
    hash: secretHash(secret),
    name,
    ...(decision === undefined ? {} : { decision }),
    maxUses: max_uses,
    uses: 0,
    createdBy: by.name,
    createdAt: now,
    expiresAt: now + expires_in_days * day,
  };
  if (!(await site.store.initialAccessTokens.insert(token, mostTokens))) throw new OAuthError('admin-taken');
  return tokenJson.parse({ ...json(token), initial_access_token: secret });
});

/** `DELETE …/{id}`: it lets nobody in any more; who came in by it stays. */
export const removeInitialAccessToken = admin('DELETE', async ({ site, request }) => {
  if (!(await site.store.initialAccessTokens.remove(request.parameters.id ?? ''))) {
    throw new OAuthError('admin-unknown');
  }
  return {};
});

function json(token: InitialAccessToken) {
  return {
    id: token.id,
    name: token.name,
    decision: token.decision ?? null,
    max_uses: token.maxUses,
    uses: token.uses,
    created_by: token.createdBy,
    created_at: new Date(token.createdAt).toISOString(),
    expires_at: new Date(token.expiresAt).toISOString(),
  };
}

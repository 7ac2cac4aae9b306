import { parseScope } from '@chartgate/fhir';
import { z } from 'zod';
import { OAuthError, shown } from '../oauth/oauth-error.ts';
import { newSecret, secretHash } from '../oauth/secret.ts';
import { admin, bodyOf, read } from './admin.ts';
import { administratorOf } from './administrator.ts';

/** The client that administrators' own access tokens belong to. It comes with the site and can be suspended, not revoked. */
const adminClientId = 'chartgate-admin';

const tokenBody = z.strictObject({ scope: z.string().max(20_000).describe('system/ scopes, separated by spaces') });

const tokenJson = z.strictObject({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('seconds'),
  scope: z.string(),
});

/** An access token for the FHIR API, made by an administrator: for loading data and looking at it. */
export const issueAccessToken = admin('POST', async (call) => {
  const { gate, site, request } = call;
  const { scope } = read(tokenBody, bodyOf(request));
  const { scopes, unknown } = parseScope(scope);
  const other = scopes.filter((one) => one.kind !== 'resource' || one.context !== 'system');
  if (scopes.length === 0 || other.length + unknown.length > 0) {
    const refused = shown([...other, ...unknown].map((one) => one.text).join(' '));
    throw new OAuthError('admin-request', { description: `scope must hold system/ scopes only, not: ${refused}.` });
  }
  const now = gate.now();
  const client = await site.store.clients.find(adminClientId);
  if (client?.status !== 'approved') {
    throw new OAuthError('client-state', { description: `${adminClientId} is not approved: approve it first.` });
  }
  const accessToken = newSecret();
  const lifetime = (await site.settings()).backend_token_lifetime;
  const expiresAt = now + lifetime * 1000;
  const { epoch } = client;
  await site.store.tokens.grant(
    { hash: secretHash(accessToken), clientId: adminClientId, epoch, scope, issuedAt: now, expiresAt },
    { hash: secretHash(newSecret()), expiresAt: now },
  );
  await gate.audit.record(site.name, {
    ...administratorOf(call),
    act: 'admin-token-issued',
    clientId: adminClientId,
    scope,
  });
  return tokenJson.parse({ access_token: accessToken, token_type: 'Bearer', expires_in: lifetime, scope });
});

import { randomUUID } from 'node:crypto';
import type { Exchange } from '../oauth/exchange.ts';
import { newIdentifier, newSecret, secretHash } from '../oauth/secret.ts';
import { cookie } from '../pages/browser.ts';
import type { Account } from '../store/account-ports.ts';
import type { UserAuthorization } from '../store/authorization-ports.ts';
import type { Client } from '../store/gate-ports.ts';
import { publicUrl, type TestGate } from './gate.ts';

/** What an endpoint of the token's kind knows, for what is called without one. */
export async function exchangeAt({ gate }: TestGate): Promise<Exchange> {
  const site = await gate.site('default');
  if (!site) throw new Error('The test database has no site');
  const request = { method: 'POST', headers: {}, query: '', body: '', site: 'default', parameters: {} };
  const settings = await site.settings();
  return { gate, site, settings, now: gate.now(), request: { ...request, remoteAddress: '192.0.2.1' } };
}

/** An active account in the store. */
export async function newAccount(node: TestGate, account: Partial<Account> = {}): Promise<Account> {
  const { site, now } = await exchangeAt(node);
  const name = `user-${randomUUID()}`;
  const made: Account = {
    accountId: newIdentifier(),
    userName: name,
    email: `${name}@mail.example`,
    status: 'active',
    role: 'patient',
    fhirUser: 'Patient/1',
    epoch: 0,
    createdAt: now,
    ...account,
  };
  await site.store.accounts.insert(made);
  return made;
}

/** Signs the account in in a browser of its own. @returns the session's name and the browser's `cookie` header */
export async function newSession(node: TestGate, { accountId, epoch }: Account) {
  const { site, now, settings } = await exchangeAt(node);
  const token = newSecret();
  const hash = secretHash(token);
  const sessionId = newIdentifier();
  await site.store.sessions.insert({
    ...{ hash, sessionId, accountId, epoch, amr: ['pwd'], authTime: now, seenAt: now, userAgent: 'test' },
    expiresAt: now + settings.session_lifetime * 1000,
  });
  const place = { publicUrl, site: 'default' };
  const parts = [cookie(place, 'session', token), cookie(place, 'browser', newSecret())];
  return { hash, sessionId, cookie: parts.map((part) => part.split(';')[0]).join('; ') };
}

/** What the account gave the client, with its access token, as after a code was exchanged. */
export async function newAuthorization(
  node: TestGate,
  account: Account,
  client: Client,
  more: Partial<UserAuthorization> = {},
) {
  const { site, now } = await exchangeAt(node);
  const authorization: UserAuthorization = {
    authorizationId: newIdentifier(),
    clientId: client.clientId,
    clientEpoch: client.epoch,
    accountId: account.accountId,
    accountEpoch: account.epoch,
    scope: 'openid fhirUser',
    context: {},
    authTime: now - 5000,
    amr: ['pwd'],
    createdAt: now,
    ...more,
  };
  const [code, accessToken] = [secretHash(newSecret()), newSecret()];
  const redirect = { redirectUri: 'https://app.example/cb', codeChallenge: 'x'.repeat(43) };
  await site.store.authorizations.insert(authorization, { hash: code, expiresAt: now + 60_000, ...redirect });
  const { clientId, authorizationId, scope } = authorization;
  const token = { hash: secretHash(accessToken), clientId, epoch: client.epoch, authorizationId, scope };
  const isStored = await site.store.authorizations.exchangeCode(code, {
    accessToken: { ...token, issuedAt: now, expiresAt: now + 3600_000 },
  });
  if (!isStored) throw new Error('The code earned nothing');
  return { authorization, accessToken };
}

/** A client that patients may use at once, as the store has it. */
export async function newPatientApp(node: TestGate, metadata: Record<string, unknown> = {}): Promise<Client> {
  const { json } = await node.register({
    client_name: 'My records',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['https://app.example/cb'],
    grant_types: ['authorization_code'],
    scope: 'openid fhirUser profile email patient/*.rs',
    ...metadata,
  });
  const { site } = await exchangeAt(node);
  const client = await site.store.clients.find(json.client_id);
  if (client?.status !== 'approved') throw new Error(JSON.stringify(json));
  return client;
}

import { randomUUID } from 'node:crypto';
import { startSession } from '../account/session.ts';
import type { Exchange } from '../oauth/exchange.ts';
import type { Gate } from '../oauth/gate.ts';
import { newIdentifier, newSecret, secretHash } from '../oauth/secret.ts';
import type { Account, ChartLink } from '../store/account-ports.ts';
import type { UserAuthorization } from '../store/authorization-ports.ts';
import type { Client } from '../store/gate-ports.ts';
import type { TestGate } from './gate.ts';

/** What an endpoint of the token's kind knows, for what is called without one. */
export async function exchangeAt({ gate }: Pick<TestGate, 'gate'>, name = 'default'): Promise<Exchange> {
  const site = await gate.site(name);
  if (!site) throw new Error(`There is no site ${name}`);
  const request = { method: 'POST', headers: {}, query: '', body: '', site: name, parameters: {} };
  const settings = await site.settings();
  return { gate, site, settings, now: gate.now(), request: { ...request, remoteAddress: '192.0.2.1' } };
}

/** An active account in the store. */
export async function newAccount(
  node: Pick<TestGate, 'gate'>,
  account: Partial<Account> = {},
  siteName?: string,
): Promise<Account> {
  const { site, now } = await exchangeAt(node, siteName);
  const name = account.userName ?? `user-${randomUUID()}`;
  const made: Account = {
    accountId: newIdentifier(),
    userName: name,
    email: `${name}@mail.example`,
    status: 'active',
    role: 'patient',
    epoch: 0,
    createdAt: now,
    ...account,
  };
  if (!(await site.store.accounts.insert(made))) throw new Error(`${name} is taken`);
  return made;
}

/** Signs the account in in a browser of its own. @returns the session's name and the browser's `cookie` header */
export async function newSession(node: Pick<TestGate, 'gate'>, account: Account, siteName?: string) {
  const x = await exchangeAt(node, siteName);
  const { token, cookies } = await startSession(x, account, ['pwd']);
  const hash = secretHash(token);
  const found = await x.site.store.sessions.find(hash, x.now);
  if (!found) throw new Error('The account is not active');
  const cookie = cookies.map((one) => one.split(';')[0]).join('; ');
  return { hash, sessionId: found.session.sessionId, session: token, cookie };
}

export type TestUser = {
  readonly account: Account;
  /** The `Cookie` header of a browser in which the user is signed in. */
  readonly cookie: string;
  /** The session's secret. */
  readonly session: string;
};

export type TestUserOptions = Partial<Pick<Account, 'role' | 'fhirUser' | 'userName' | 'email'>> & {
  /** Logical ids of the patients whose records the account opens. The first one is the user's own. */
  readonly charts?: readonly string[];
  readonly site?: string;
};

/** An active account, signed in: a patient's with the charts given, or whatever role is named. */
export async function testUser(gate: Gate, options: TestUserOptions = {}): Promise<TestUser> {
  const { charts = [], site: name, ...given } = options;
  const { site, now } = await exchangeAt({ gate }, name);
  const [own] = charts;
  const self = own === undefined ? {} : { fhirUser: `Patient/${own}` };
  const account = await newAccount({ gate }, { ...self, ...given }, name);
  for (const [i, patient] of charts.entries()) {
    const relationship: ChartLink['relationship'] = i === 0 ? 'self' : 'guardian';
    await site.store.accounts.link(account.accountId, { patient, relationship, linkedAt: now + i });
  }
  return { account, ...(await newSession({ gate }, account, name)) };
}

/** Signs an account in, in one more browser. */
export const signedIn = (gate: Gate, account: Account, site?: string) => newSession({ gate }, account, site);

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

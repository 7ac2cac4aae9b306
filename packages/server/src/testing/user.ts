import { startSession } from '../account/session.ts';
import type { Exchange } from '../oauth/exchange.ts';
import type { Gate } from '../oauth/gate.ts';
import { newIdentifier } from '../oauth/secret.ts';
import type { Account, ChartLink } from '../store/account-ports.ts';

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
  const { role = 'patient', charts = [], site = 'default' } = options;
  const accountId = newIdentifier();
  const fhirUser = options.fhirUser ?? (charts[0] === undefined ? undefined : `Patient/${charts[0]}`);
  const account: Account = {
    accountId,
    userName: options.userName ?? `user-${accountId}`,
    email: options.email ?? `${accountId}@people.example`,
    status: 'active',
    role,
    ...(fhirUser === undefined ? {} : { fhirUser }),
    epoch: 0,
    createdAt: gate.now(),
  };
  const here = await gate.site(site);
  if (!here) throw new Error(`There is no site ${site}`);
  await here.store.accounts.insert(account);
  for (const [i, patient] of charts.entries()) {
    const relationship: ChartLink['relationship'] = i === 0 ? 'self' : 'guardian';
    await here.store.accounts.link(accountId, { patient, relationship, linkedAt: gate.now() + i });
  }
  return { account, ...(await signedIn(gate, account, site)) };
}

/** Signs an account in, in one more browser. */
export async function signedIn(gate: Gate, account: Account, site = 'default'): Promise<Omit<TestUser, 'account'>> {
  const here = await gate.site(site);
  if (!here) throw new Error(`There is no site ${site}`);
  const request = {
    method: 'POST',
    headers: {},
    query: '',
    body: '',
    site,
    parameters: {},
    remoteAddress: '127.0.0.1',
  };
  const x: Exchange = { gate, site: here, settings: await here.settings(), request, now: gate.now() };
  const { token, cookies } = await startSession(x, account, ['pwd']);
  return { session: token, cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; ') };
}

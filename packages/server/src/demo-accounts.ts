import { createHmac } from 'node:crypto';
import { showcase, type TransactionBundle } from '@chartgate/synth';
import type { Gate } from './oauth/gate.ts';
import type { Account, ChartLink } from './store/account-ports.ts';

/** What `serve --demo` shows of an account that it made. */
export type DemoAccount = { readonly userName: string; readonly password: string; readonly what: string };

type Wanted = Pick<Account, 'accountId' | 'userName' | 'role' | 'fhirUser'> & {
  readonly charts: readonly Omit<ChartLink, 'linkedAt'>[];
  readonly what: string;
};

const ids = ['demo-patient', 'demo-guardian', 'demo-practitioner', 'demo-administrator'] as const;

type Stored = (type: string, id: string) => Promise<string | undefined>;

/**
 * Accounts to look around with, one of each kind, of records that the demo has. They are made once; their passwords are
 * derived from the server's own key, so that no two servers have the same.
 * @param stored the JSON of a resource of the demo
 */
export async function ensureDemoAccounts(gate: Gate, site: string, stored: Stored): Promise<readonly DemoAccount[]> {
  const accounts = await demoAccounts(stored);
  for (const wanted of accounts) await ensure(gate, site, wanted, passwordOf(gate, wanted.accountId));
  return accounts.map(({ accountId, userName, what }) => ({ userName, password: passwordOf(gate, accountId), what }));
}

/** Nobody signs in to an account of a demonstration that is over: its password was shown to everybody. */
export async function closeDemoAccounts(gate: Gate, site: string): Promise<void> {
  const store = (await gate.site(site))?.store;
  for (const id of ids) {
    const account = await store?.accounts.find(id);
    if (account?.passwordHash !== undefined) await store?.accountAdministration.putPassword(id, undefined);
  }
}

async function demoAccounts(stored: Stored): Promise<readonly Wanted[]> {
  const [, child, mother, worker] = showcase({ seed: 'demo' });
  if (!child || !mother || !worker) throw new Error('The demo has no showcase');
  const [patient, guardian, practitioner, administrator] = ids;
  const own = (bundle: TransactionBundle) => ({ patient: patientOf(bundle), relationship: 'self' }) as const;
  const doctor = await practitionerOf(worker, stored);
  return [
    {
      accountId: patient,
      userName: 'demo-patient',
      role: 'patient',
      fhirUser: `Patient/${patientOf(worker)}`,
      charts: [own(worker)],
      what: 'a patient',
    },
    {
      accountId: guardian,
      userName: 'demo-guardian',
      role: 'patient',
      fhirUser: `Patient/${patientOf(mother)}`,
      charts: [own(mother), { patient: patientOf(child), relationship: 'guardian' }],
      what: 'a patient who is the guardian of a child, with two records',
    },
    ...(doctor === undefined
      ? []
      : [
          {
            accountId: practitioner,
            userName: 'demo-practitioner',
            role: 'practitioner',
            fhirUser: doctor,
            charts: [],
            what: 'a practitioner',
          } as const,
        ]),
    {
      accountId: administrator,
      userName: 'demo-administrator',
      role: 'administrator',
      charts: [],
      what: 'an administrator',
    },
  ];
}

function patientOf({ entry }: TransactionBundle): string {
  const found = entry.find(({ resource }) => resource.resourceType === 'Patient');
  if (!found) throw new Error('A bundle of the showcase has no patient');
  return found.resource.id;
}

/** A practitioner that the record refers to. The server gave the id when it took the demo. */
async function practitionerOf({ entry }: TransactionBundle, stored: Stored): Promise<string | undefined> {
  for (const { resource } of entry) {
    const text = await stored(resource.resourceType, resource.id);
    const found = text?.match(/"(Practitioner\/[A-Za-z0-9.-]{1,64})"/)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

async function ensure(gate: Gate, site: string, wanted: Wanted, password: string): Promise<void> {
  const store = (await gate.site(site))?.store;
  if (!store) throw new Error(`There is no site ${site}`);
  const { passwords } = gate.accounts;
  const { accountId, charts, what: _, ...rest } = wanted;
  const there = await store.accounts.find(accountId);
  if (!there) {
    const passwordHash = await passwords.hash(password);
    const account = { accountId, ...rest, email: `${rest.userName}@demo.example`, passwordHash };
    await store.accounts.insert({ ...account, status: 'active', epoch: 0, createdAt: gate.now() });
    for (const chart of charts) await store.accounts.link(accountId, { ...chart, linkedAt: gate.now() });
  } else if (!(await passwords.matches(password, there.passwordHash))) {
    await store.accountAdministration.putPassword(accountId, await passwords.hash(password));
  }
}

/** Easy to type, and of this server alone: 65 bits. */
function passwordOf({ sealingKey }: Gate, accountId: string): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  const bytes = createHmac('sha256', sealingKey).update(`password of ${accountId}`).digest();
  const text = [...bytes.subarray(0, 13)].map((byte) => letters[byte & 31]).join('');
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;
}

import type { z } from 'zod';
import { type AdminCall, admin, bodyOf, read } from '../../clients/admin.ts';
import { administratorOf } from '../../clients/administrator.ts';
import type { Gate, GateSite } from '../../oauth/gate.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { isGateId, newIdentifier, newSecret, secretHash } from '../../oauth/secret.ts';
import type { Account, ChartLink } from '../../store/account-ports.ts';
import type { AccountLink } from '../../store/sign-in-ports.ts';
import { toJson } from '../account-json.ts';
import { welcome } from '../mail/letters.ts';
import { sealMail } from '../mail/outbox.ts';
import { readEmail, readUserName } from '../names.ts';
import { closeAccount } from '../own/close.ts';
import { accountJson, accountListJson, listAccountsQuery, newAccountBody } from '../schema.ts';

const listLimit = 1000;
const week = 7 * 24 * 3600_000;

type Place = { readonly gate: Gate; readonly site: GateSite };

/** `POST /admin/accounts`: an account for somebody, who sets its password by a mailed link. */
export const createAccount = admin('POST', async (call) => {
  const body = read(newAccountBody, bodyOf(call.request));
  const { gate, site } = call;
  const now = gate.now();
  const fhirUser = ownRecord(body);
  const account: Account = {
    accountId: newIdentifier(),
    userName: readUserName(body.user_name),
    email: readEmail(body.email),
    status: 'unverified',
    role: body.role,
    ...(fhirUser === undefined ? {} : { fhirUser }),
    epoch: 0,
    createdAt: now,
  };
  if (await site.store.accounts.findByName(account.email)) throw new OAuthError('account-taken');
  const charts = (body.charts ?? []).map((chart): ChartLink => ({ ...chart, linkedAt: now }));
  if (!(await site.store.accountAdministration.invite({ account, charts, ...invitation(call, account) }))) {
    throw new OAuthError('account-taken');
  }
  await auditCreation(call, account, charts);
  return accountJson.parse(await toJson(site, account));
});

async function auditCreation(call: AdminCall, { accountId }: Account, charts: readonly ChartLink[]): Promise<void> {
  const { gate, site } = call;
  const by = { ...administratorOf(call), accountId };
  await gate.audit.record(site.name, { ...by, act: 'account-changed', change: 'created' });
  for (const { patient, relationship } of charts) {
    await gate.audit.record(site.name, { ...by, act: 'chart-linked', relationship, patients: [patient] });
  }
}

/** The user's own record, which must suit the role. @throws {OAuthError} account-role */
function ownRecord({ role, fhir_user, charts = [] }: z.infer<typeof newAccountBody>): string | undefined {
  const fault = (description: string) => new OAuthError('account-role', { description });
  const [type] = fhir_user?.split('/') ?? [];
  if (role !== 'patient' && charts.length > 0)
    throw fault('charts are for role patient alone: others see what their scopes open.');
  if (role === 'practitioner' && type !== 'Practitioner')
    throw fault('fhir_user of a practitioner is a Practitioner, such as Practitioner/1.');
  if (role === 'patient' && type === 'Practitioner') throw fault('fhir_user of a patient is no Practitioner.');
  if (new Set(charts.map(({ patient }) => patient)).size < charts.length)
    throw fault('charts: a patient stands there twice.');
  const own = charts.filter(({ relationship }) => relationship === 'self');
  if (own.length > 1) throw fault('charts: only one of them can be the own one (self).');
  return fhir_user ?? (own[0] ? `Patient/${own[0].patient}` : undefined);
}

/** The link by which the owner sets the first password, and the mail that brings it. */
function invitation({ gate, site }: Place, account: Account) {
  const token = newSecret();
  const now = gate.now();
  const link: AccountLink = {
    hash: secretHash(token),
    purpose: 'welcome',
    accountId: account.accountId,
    epoch: account.epoch,
    createdAt: now,
    expiresAt: now + week,
  };
  const letter = welcome(account.userName, `${site.issuer}/reset?token=${token}`);
  return { link, mail: sealMail(gate, letter(account.email, site)) };
}

/** `POST /admin/accounts/{id}/invite`: the mail once more, to somebody who has not set a password yet. */
export const inviteAgain = admin('POST', async (call) => {
  const account = await requested(call);
  if (account.status !== 'unverified') throw new OAuthError('account-unknown');
  const { link, mail } = invitation(call, account);
  await call.site.store.accountLinks.insert(link, [mail]);
  return accountJson.parse(await toJson(call.site, account));
});

/** `GET /admin/accounts` */
export const listAccounts = admin('GET', async ({ site, request }) => {
  const { role, status, name } = read(listAccountsQuery, Object.fromEntries(new URLSearchParams(request.query)));
  const found = await site.store.accountAdministration.list({
    ...(role === undefined ? {} : { role }),
    ...(status === undefined ? {} : { status }),
    ...(name === undefined ? {} : { name: name.replaceAll('\0', '') }),
    limit: listLimit,
  });
  return accountListJson.parse({ accounts: await Promise.all(found.map((account) => toJson(site, account))) });
});

/** `GET /admin/accounts/{id}` */
export const showAccount = admin('GET', async (call) =>
  accountJson.parse(await toJson(call.site, await requested(call))),
);

/** `POST /admin/accounts/{id}/close`: for good; the last active administrator stays. */
export const closeAnyAccount = admin('POST', async (call) => {
  await closeAccount(call, await requested(call), administratorOf(call));
  return accountJson.parse(await toJson(call.site, await requested(call)));
});

async function requested({
  site,
  request,
}: Place & { readonly request: { readonly parameters: Readonly<Record<string, string>> } }) {
  const id = request.parameters.account ?? '';
  const account = isGateId(id) ? await site.store.accounts.find(id) : undefined;
  if (!account) throw new OAuthError('account-unknown');
  return account;
}

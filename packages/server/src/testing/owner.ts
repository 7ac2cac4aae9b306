import { randomUUID } from 'node:crypto';
import { totpCode } from '../account/factors/totp.ts';
import type { Mail } from '../account/mail/mail.ts';
import type { Exchange } from '../oauth/exchange.ts';
import { newIdentifier, newSecret, secretHash } from '../oauth/secret.ts';
import { cookie } from '../pages/browser.ts';
import type { Account } from '../store/account-ports.ts';
import { resourceStore } from '../store/postgres/resource-store.ts';
import { easyAccounts } from './accounts.ts';
import { type Answer, publicUrl, soleGate, type TestGate } from './gate.ts';
import { content, permitted } from './permits.ts';

/** A gate whose mail is kept and whose clock is moved by hand. */
export async function gateWithMail() {
  const mails: Mail[] = [];
  const clock = { now: Date.UTC(2026, 0, 5, 12) };
  const sole = await soleGate({
    config: { accounts: easyAccounts },
    mailer: { send: async (_site, mail) => void mails.push(mail) },
    now: () => clock.now,
  });
  const subjects = (to: string) => mails.filter((mail) => mail.to === to).map((mail) => mail.subject.split(' (')[0]);
  const store = resourceStore(sole.test.database, sole.test.site);
  const putPatient = async (patient: { readonly id: string; readonly [member: string]: unknown }) => {
    const asked = { type: 'Patient', id: patient.id, content: content({ resourceType: 'Patient', ...patient }) };
    const createPermitted = permitted({ code: 'create', type: 'Patient', content: asked.content });
    await store.write([{ kind: 'update', permitted: permitted({ code: 'update', ...asked }), createPermitted }]);
  };
  return { ...sole, mails, clock, subjects, putPatient };
}

/** Somebody who is signed in. */
export async function newOwner(node: TestGate, more: Partial<Account> = {}) {
  const site = await node.gate.site('default');
  if (!site) throw new Error('The test database has no site');
  const userName = `jo-${randomUUID()}`;
  const now = node.gate.now();
  const account: Account = {
    accountId: newIdentifier(),
    userName,
    email: `${userName}@mail.example`,
    status: 'active',
    role: 'patient',
    epoch: 0,
    createdAt: now,
    ...more,
  };
  await site.store.accounts.insert(account);
  const signIn = async () => {
    const secret = newSecret();
    const times = { authTime: node.gate.now(), seenAt: node.gate.now(), expiresAt: node.gate.now() + 1e9 };
    const session = { hash: secretHash(secret), sessionId: newIdentifier(), amr: ['pwd'], userAgent: '', ...times };
    await site.store.sessions.insert({ ...session, accountId: account.accountId, epoch: account.epoch });
    return secret;
  };
  const token = await signIn();
  const call = async (
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    { bearer = token, remoteAddress = '192.0.2.1' } = {},
  ): Promise<Answer> => {
    const answer = await node.app.inject({
      method,
      url: `/apis/default/${path}`,
      remoteAddress,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      json: answer.body === '' ? {} : JSON.parse(answer.body),
    };
  };
  /** A page, by the browser in which the owner is signed in; with fields, its form. */
  const place = { publicUrl, site: 'default' };
  const browser = `${cookie(place, 'session', token).split(';')[0]}; ${cookie(place, 'browser', newSecret()).split(';')[0]}`;
  const open = (path: string) =>
    node.app.inject({ method: 'GET', url: `/oauth2/default/${path}`, headers: { cookie: browser } });
  const send = async (path: string, fields: Record<string, string>) => {
    const formToken = /name="form_token" value="([^"]+)"/.exec((await open(path)).body)?.[1] ?? '';
    return post(path, { form_token: formToken, ...fields });
  };
  const post = (path: string, fields: Record<string, string>) =>
    node.app.inject({
      method: 'POST',
      url: `/oauth2/default/${path}`,
      headers: { cookie: browser, origin: publicUrl, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(fields).toString(),
    });
  const exchange = async (remoteAddress = '192.0.2.1'): Promise<Exchange> => ({
    gate: node.gate,
    site,
    settings: await site.settings(),
    now: node.gate.now(),
    request: { method: 'POST', headers: {}, query: '', body: '', site: 'default', parameters: {}, remoteAddress },
  });
  return { account, token, site, signIn, call, open, send, post, exchange };
}

export type TestOwner = Awaited<ReturnType<typeof newOwner>>;

/** The code that an authenticator app shows. @param now ms since the epoch */
export function codeOf(secret: string, now: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = (bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2));
  return totpCode(Buffer.from(bytes), Math.floor(now / 30_000));
}

/** Adds an authenticator app. Its secret, and the recovery codes that came with it. */
export async function addTotp(owner: TestOwner, clock: { now: number }) {
  const { secret } = (await owner.call('POST', 'account/me/totp')).json;
  const confirmed = await owner.call('POST', 'account/me/totp/confirm', { totp: codeOf(secret, clock.now) });
  if (confirmed.status !== 200) throw new Error(JSON.stringify(confirmed.json));
  return { secret: String(secret), recoveryCodes: confirmed.json.recovery_codes as string[] };
}

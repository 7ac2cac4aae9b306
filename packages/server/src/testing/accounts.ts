import { defaultAccountConfig } from '../account/config.ts';
import type { GateConfig } from '../oauth/config.ts';
import type { Account } from '../store/account-ports.ts';
import { type Json, publicUrl, type TestGate } from './gate.ts';
import { newAccount as accountInStore } from './user.ts';

const plenty = { perMinute: 1e6, burst: 1e6 };

/** Accounts whose passwords cost little, whose mail can be read, and whom nobody makes wait. */
export const easyAccounts: GateConfig['accounts'] = {
  ...defaultAccountConfig,
  argon2: { memory: 64, passes: 1, parallelism: 1 },
  hashing: { atOnce: 4, waiting: 1000 },
  limits: {
    network: plenty,
    nameInNetwork: plenty,
    name: plenty,
    known: plenty,
    asking: plenty,
    mail: plenty,
  },
  mailbox: true,
};

export const testPassword = 'seven green kettles';

/** An active account whose password is `testPassword`. */
export async function newAccount(node: TestGate, more: Partial<Account> = {}): Promise<Account> {
  return accountInStore(node, { passwordHash: await node.gate.accounts.passwords.hash(testPassword), ...more });
}

/** The mails to an address, the newest first. */
export async function mailsTo(node: TestGate, to: string): Promise<readonly { subject: string; text: string }[]> {
  const { json } = await node.get('/apis/default/admin/mailbox', node.adminToken);
  return json.messages.filter((mail: Json) => mail.to === to);
}

/** The token of the link in the newest mail to an address. */
export async function mailedToken(node: TestGate, to: string): Promise<string> {
  const [mail] = await mailsTo(node, to);
  const token = mail?.text.match(/\?token=([\w-]{43})/)?.[1];
  if (token === undefined) throw new Error(`No link was mailed to ${to}`);
  return token;
}

export type PageAnswer = {
  readonly status: number;
  readonly html: string;
  /** Below the issuer, where the answer leads. */
  readonly location: string;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
};

/** A browser without scripts: it keeps cookies, and sends the forms that it was shown. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();
  readonly #node: TestGate;
  readonly #address: string;

  constructor(node: TestGate, address = '192.0.2.1') {
    this.#node = node;
    this.#address = address;
  }

  /** @param path below the issuer, such as `/sign-in` */
  open(path: string): Promise<PageAnswer> {
    return this.#send('GET', path);
  }

  /** Opens the page and sends its form with these fields, and the hidden ones that it has. */
  async fill(path: string, fields: Readonly<Record<string, string>>): Promise<PageAnswer> {
    const { html } = await this.open(path);
    const hidden = [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
    const known = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
    return this.post(path.split('?')[0] ?? path, { ...known, ...fields });
  }

  post(path: string, fields: Readonly<Record<string, string>>, headers: Record<string, string> = {}) {
    return this.#send('POST', path, new URLSearchParams(fields).toString(), headers);
  }

  signIn(username: string, password = testPassword, query = ''): Promise<PageAnswer> {
    return this.fill(`/sign-in${query}`, { username, password });
  }

  async #send(method: 'GET' | 'POST', path: string, payload?: string, more: Record<string, string> = {}) {
    const answer = await this.#node.app.inject({
      method,
      url: `/oauth2/default${path}`,
      remoteAddress: this.#address,
      headers: {
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        'user-agent': 'Test browser',
        ...(payload === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', origin: publicUrl }),
        ...more,
      },
      ...(payload === undefined ? {} : { payload }),
    });
    for (const { name, value, maxAge } of answer.cookies) {
      if (maxAge === 0) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const location = String(answer.headers.location ?? '').replace(`${publicUrl}/oauth2/default`, '');
    return { status: answer.statusCode, html: answer.body, location, headers: answer.headers };
  }

  /** The value of one of the gate's cookies. */
  cookie(name: string): string | undefined {
    return this.cookies.get(`__Host-chartgate-default-${name}`);
  }
}

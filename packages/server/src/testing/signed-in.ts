import type { FastifyInstance } from 'fastify';
import { newSecret, secretHash } from '../oauth/secret.ts';
import { cookie } from '../pages/browser.ts';
import type { Account, ChartLink } from '../store/account-ports.ts';
import type { AuthorizationRequest } from '../store/authorization-ports.ts';
import type { TestGate } from './gate.ts';
import { exchangeAt, newAccount, newSession } from './user.ts';

export type PageAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly text: string;
  /** Where it sends the browser; empty where it does not. */
  readonly location: string;
};

/** A browser without scripts: it keeps cookies, and sends the form token of the page that it saw last. */
export type TestBrowser = {
  get(url: string): Promise<PageAnswer>;
  /** @param fields in order; a name may come more than once */
  post(
    url: string,
    fields: readonly (readonly [name: string, value: string])[],
    headers?: Readonly<Record<string, string>>,
  ): Promise<PageAnswer>;
  cookies(): string;
};

/** @param kept cookies that the browser has already, as `Set-Cookie` headers */
export function testBrowser(app: FastifyInstance, kept: readonly string[] = []): TestBrowser {
  const jar = new Map<string, string>();
  let formToken = '';
  const keep = (header: string) => {
    const [name = '', value = ''] = header.split(';')[0]?.split(/=(.*)/) ?? [];
    if (value === '') jar.delete(name);
    else jar.set(name, value);
  };
  for (const header of kept) keep(header);
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const ask = async (method: 'GET' | 'POST', url: string, headers: Record<string, string>, payload?: string) => {
    const path = url.replace(/^https:\/\/[^/]+/, '');
    const sent = { cookie: cookies(), ...headers };
    const answer = await app.inject({
      method,
      url: path,
      headers: sent,
      ...(payload === undefined ? {} : { payload }),
    });
    for (const header of [answer.headers['set-cookie'] ?? []].flat()) keep(header);
    formToken = /name="form_token" value="([^"]+)"/.exec(answer.body)?.[1] ?? formToken;
    const { statusCode: status, body: text } = answer;
    return { status, headers: answer.headers, text, location: String(answer.headers.location ?? '') };
  };
  return {
    cookies,
    get: (url) => ask('GET', url, {}),
    post: (url, fields, headers = {}) => {
      const form = new URLSearchParams({ form_token: formToken });
      for (const [name, value] of fields) form.append(name, value);
      const type = { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://clinic.example' };
      return ask('POST', url, { ...type, ...headers }, form.toString());
    },
  };
}

export type SignedInOptions = {
  readonly role?: Account['role'];
  readonly userName?: string;
  readonly fhirUser?: string;
  /** Logical ids, and how the account is related to them. */
  readonly charts?: Readonly<Record<string, ChartLink['relationship']>>;
};

/** Somebody new who is signed in: the account, the session's token, and a browser with its cookie. */
export async function signedIn(node: TestGate, options: SignedInOptions = {}) {
  const { charts = {}, ...given } = options;
  const account = await newAccount(node, given);
  const { site, now } = await exchangeAt(node);
  for (const [patient, relationship] of Object.entries(charts)) {
    await site.store.accounts.link(account.accountId, { patient, relationship, linkedAt: now });
  }
  const { session: token } = await newSession(node, account);
  const place = { publicUrl: node.gate.config.publicUrl, site: 'default' };
  return { account, token, browser: testBrowser(node.app, [cookie(place, 'session', token)]), site };
}

/** A request that passed the authorization endpoint. The secret that the pages' addresses carry. */
export async function openRequest(
  node: TestGate,
  request: Pick<AuthorizationRequest, 'clientId' | 'redirectUri' | 'scope'> & Partial<AuthorizationRequest>,
): Promise<string> {
  const site = await node.gate.site('default');
  const secret = newSecret();
  const now = node.gate.now();
  const whole = { codeChallenge: 'c'.repeat(43), prompt: [], state: 'the state', ...request };
  await site?.store.authorizationRequests.insert(secretHash(secret), whole, now, now + 600_000);
  return secret;
}

/** Every endpoint of the gate, by every method, with what nobody who means well would send. The routes are the gate's own. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fastify, type HTTPMethods } from 'fastify';
import { easyAccounts } from '../../packages/server/src/testing/accounts.ts';
import { testApp } from '../../packages/server/src/testing/app.ts';
import { setSettings } from '../../packages/server/src/testing/openemr.ts';
import { patientWithRecord, putAll, solePlatform } from '../../packages/server/src/testing/platform.ts';
import { type TestUser, testUser } from '../../packages/server/src/testing/user.ts';
import { gateRoutes } from '../../packages/server/src/wire/gate-routes.ts';

const plenty = { perMinute: 1e6, burst: 1e6 };
const {
  test: database,
  node,
  close,
} = await solePlatform({
  config: { accounts: easyAccounts, registrations: plenty },
});
after(close);

const paths = await gatePaths();
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** The paths that the gate registers, as the server does it. */
async function gatePaths(): Promise<readonly string[]> {
  const found = new Set<string>();
  const app = fastify();
  app.addHook('onRoute', ({ url }) => void found.add(url));
  await app.register(gateRoutes(node.gate));
  await app.close();
  // the lists of the administrators first, while they are short
  const isList = (path: string) => /admin\/(tickets|audit)$/.test(path);
  return [...found].toSorted((a, b) => Number(isList(b)) - Number(isList(a)) || (a < b ? -1 : 1));
}

const names =
  `access_token action all aud birth_date client_assertion client_assertion_type client_id client_secret client_name
  code code_challenge code_challenge_method code_verifier count cursor decision email encounter fhir_user form_token from
  grant_type id id_token_hint intent invitation_code launch location login_hint logo_uri max_age method name nonce password
  new_password passkey patient post_logout_redirect_uri prompt redirect_uri redirect_uris refresh_token relationship request
  response_mode response_type role scope second_step session state status step ticket to token token_type_hint user_name
  username word`.split(/\s+/);

/** Values that let a request come as far as can be, where the others are hostile. */
const plausible: Readonly<Record<string, string>> = {
  response_type: 'code',
  grant_type: 'authorization_code',
  code_challenge_method: 'S256',
  code_challenge: 'x'.repeat(43),
  code_verifier: 'x'.repeat(43),
  redirect_uri: 'https://app.example/callback',
  aud: 'https://clinic.example/apis/default/fhir',
  scope: 'launch/patient patient/Patient.rs',
  email: 'somebody@mail.example',
  role: 'patient',
};

const all = (value: string) => names.map((name) => [name, value] as const);
const formOf = (fields: readonly (readonly [string, string])[]) =>
  new URLSearchParams(fields.map(([...one]) => one)).toString();
const jsonOf = (fields: readonly (readonly [string, unknown])[]) => JSON.stringify(Object.fromEntries(fields));

type Body = { readonly type?: string; readonly payload?: string | Buffer };
const form = 'application/x-www-form-urlencoded';
const json = 'application/json';

/** Of a public client, so that its name is enough; of the page that was opened last. */
const known = new Map<string, string>();
const mixed = (hostile: string, more: Readonly<Record<string, string>> = {}) =>
  names.map((name) => [name, more[name] ?? known.get(name) ?? plausible[name] ?? hostile] as const);

const bodies: Readonly<Record<string, () => Body>> = {
  'no body': () => ({}),
  'an empty form': () => ({ type: form, payload: '' }),
  'an empty text as JSON': () => ({ type: json, payload: '' }),
  'a body of 64 kB and a byte': () => ({ type: form, payload: `a=${'x'.repeat(65_535)}` }),
  'bytes that are no UTF-8, as a form': () => ({
    type: form,
    payload: Buffer.from('client_id=\xff\xfe\xc3\x28', 'latin1'),
  }),
  'bytes that are no UTF-8, as JSON': () => ({
    type: json,
    payload: Buffer.from('{"user_name":"\xff\xc3\x28"}', 'latin1'),
  }),
  'escapes that are no UTF-8': () => ({ type: form, payload: names.map((name) => `${name}=%FF%C3%28`).join('&') }),
  'NUL in all of a form': () => ({ type: form, payload: formOf(all('a\0b')) }),
  'NUL among what is plausible, as a form': () => ({ type: form, payload: formOf(mixed('a\0b')) }),
  'NUL among what is plausible for a refresh': () => ({
    type: form,
    payload: formOf(mixed('a\0b', { grant_type: 'refresh_token', client_secret: '', client_assertion: '' })),
  }),
  'NUL among what is plausible for a code': () => ({
    type: form,
    payload: formOf(mixed('a\0b', { client_secret: '', client_assertion: '', client_assertion_type: '' })),
  }),
  'NUL among what is plausible for a password': () => ({
    type: form,
    payload: formOf(mixed('a\0b', { grant_type: 'password', client_secret: '', client_assertion: '' })),
  }),
  'NUL in all of a JSON': () => ({ type: json, payload: jsonOf(all('a\0b')) }),
  'NUL among what is plausible, as JSON': () => ({ type: json, payload: jsonOf(mixed('a\0b')) }),
  'lone surrogates in JSON': () => ({ type: json, payload: jsonOf(mixed('\ud800')) }),
  '10,000 parameters': () => ({
    type: form,
    payload: Array.from({ length: 10_000 }, (_, i) => `${i.toString(36)}=`).join('&'),
  }),
  'a form of names of prototypes': () => ({
    type: form,
    payload: '__proto__=1&constructor=1&toString=1&hasOwnProperty=1',
  }),
  'JSON of names of prototypes': () => ({
    type: json,
    payload: '{"__proto__":{"role":"administrator"},"constructor":{"prototype":{"status":"approved"}},"toString":1}',
  }),
  'JSON instead of a form': () => ({ type: json, payload: jsonOf(Object.entries(plausible)) }),
  'a form instead of JSON': () => ({ type: form, payload: formOf(Object.entries(plausible)) }),
  'a list': () => ({ type: json, payload: '[]' }),
  'values of other types': () => ({
    type: json,
    payload: jsonOf(names.map((name, i) => [name, [null, 1e308, [], {}, true, [[]]][i % 6]])),
  }),
  'deep JSON': () => ({ type: json, payload: '['.repeat(30_000) + ']'.repeat(30_000) }),
  'no JSON': () => ({ type: json, payload: '{"a":' }),
  multipart: () => ({ type: 'multipart/form-data; boundary=x', payload: '--x\r\n\r\n\r\n--x--' }),
  'a type that is none': () => ({ type: ';;;\u00e9', payload: 'a=b' }),
};

const queries: Readonly<Record<string, () => string>> = {
  'NUL in the address': () => formOf(all('a\0b')),
  'NUL among what is plausible, in the address': () => formOf(mixed('a\0b')),
  'bad escapes': () => names.map((name) => `${name}=%FF%00%`).join('&'),
  'names of prototypes': () => '__proto__=1&constructor=1&__proto__[role]=administrator',
  'numbers out of all bounds': () => formOf(all('-99999999999999999999999')),
  'a long value': () => `request=${'x'.repeat(12_000)}&cursor=${'x'.repeat(3000)}`,
};

const segments = [
  'a',
  '%00',
  'a%00b',
  '%FF',
  '%',
  '__proto__',
  'constructor',
  '..%2F..%2Fetc',
  "'--",
  'x'.repeat(512),
  'x'.repeat(5000),
];

type Asked = {
  readonly method: HTTPMethods;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload?: string | Buffer;
};

/** Asks, and demands an answer of the right shape. */
async function ask(what: string, { method, url, headers, payload }: Asked): Promise<number> {
  const answer = await node.app.inject({
    method: method as 'GET',
    url,
    headers,
    ...(payload === undefined ? {} : { payload }),
  });
  const said = `${method} ${url.slice(0, 120)} with ${what}: ${answer.statusCode} ${answer.body.slice(0, 200)}`;
  assert.ok(answer.statusCode >= 200 && answer.statusCode < 500, said);
  if (answer.statusCode >= 300 && answer.statusCode < 400) assert.ok(answer.headers.location, said);
  else if (method !== 'HEAD' && answer.statusCode !== 204)
    requireShape(String(answer.headers['content-type']), answer.body, said);
  assert.doesNotMatch(answer.body, /at \w+.*\.ts:\d|node_modules|invalid byte sequence|syntax error/, said);
  return answer.statusCode;
}

function requireShape(type: string, body: string, said: string): void {
  if (type.startsWith('application/json')) {
    assert.ok(typeof JSON.parse(body) === 'object', said);
  } else if (type.startsWith('text/html')) {
    assert.match(body, /^<!doctype html>.*<\/html>\s*$/is, said);
  } else {
    assert.match(type, /^text\/javascript/, said);
  }
}

/** With what is really there where the path names a client, an account or a record. */
const siteOf = (path: string) =>
  path.replace(':site', 'default').replaceAll(/:(\w+)/g, (_, name: string) => known.get(`:${name}`) ?? 'a');

type Caller = (path: string) => Promise<Record<string, string>>;
const origin = 'https://clinic.example';
let user: TestUser;

/** Opens the page, where it is one: its forms are taken from this browser alone. */
async function opened(path: string): Promise<string> {
  const url = path.replace(':site', 'default');
  const { body, cookies } = await node.app.inject({ method: 'GET', url, headers: { cookie: user.cookie } });
  known.set('form_token', /name="form_token" value="([^"]+)"/.exec(body)?.[1] ?? 'none');
  return [user.cookie, ...cookies.map(({ name, value }) => `${name}=${value}`)].join('; ');
}

/** Someone whom the path lets in: what is behind the first check is tried too. */
const callers: Readonly<Record<string, Caller>> = {
  'whoever may': async (path) => {
    if (path.includes('/admin/')) return { authorization: `Bearer ${node.adminToken}` };
    const status = (await node.get('/apis/default/account/me', user.session)).status;
    if (status !== 200) user = await testUser(node.gate, { charts: ['ann'] });
    if (path.startsWith('/apis')) return { authorization: `Bearer ${user.session}` };
    return { cookie: await opened(path), origin };
  },
  'a stranger': async () => ({}),
};

before(async () => {
  user = await testUser(node.gate, { charts: ['ann'] });
  await putAll(database, patientWithRecord('ann'));
  await setSettings(node, { password_grant: 'both' });
});

/** For the path alone, as what is asked may close them. */
async function prepare(): Promise<void> {
  const metadata = { token_endpoint_auth_method: 'none', scope: 'launch/patient openid offline_access patient/*.rs' };
  const { client_id } = (await testApp(node, { metadata })).client;
  const victim = await testUser(node.gate, { charts: ['ann'] });
  known.set('client_id', client_id);
  known.set(':client', client_id);
  known.set(':account', victim.account.accountId);
  known.set(':patient', 'ann');
}

/** Paths whose forms were looked into. */
const further = new Set<string>();

test('the list of routes is the gate’s: it has the endpoints that everybody knows', () => {
  assert.ok(paths.length > 80);
  for (const name of ['token', 'authorize', 'introspect', 'revoke', 'registration']) {
    assert.ok(paths.includes(`/oauth2/:site/${name}`), name);
  }
});

for (const [who, headersFor] of Object.entries(callers)) {
  for (const path of paths) {
    test(`attack 66: ${path} answers ${who} in its own words, whatever is sent`, { timeout: 60_000 }, async () => {
      await prepare();
      for (const method of methods) {
        const isBare = method === 'HEAD' || method === 'OPTIONS';
        for (const [what, make] of Object.entries(bodies).slice(0, isBare ? 4 : undefined)) {
          const own = await headersFor(path);
          const { type, payload } = make();
          const headers = { ...own, ...(type === undefined ? {} : { 'content-type': type }) };
          const status = await ask(what, {
            method,
            url: siteOf(path),
            headers,
            ...(payload === undefined ? {} : { payload }),
          });
          if (method === 'POST' && what.startsWith('NUL among') && status !== 403 && status !== 405) further.add(path);
          if (what === 'a body of 64 kB and a byte' && method === 'POST') assert.equal(status, 413, path);
        }
      }
      for (const [what, query] of Object.entries(queries)) {
        await ask(what, { method: 'GET', url: `${siteOf(path)}?${query()}`, headers: await headersFor(path) });
      }
    });
  }
}

test('attack 66: whatever stands where a name is expected in a path, the answer is one of the gate', async () => {
  for (const path of paths) {
    const headers = await callers['whoever may']?.(path);
    for (const segment of segments) {
      const places = path.match(/:\w+/g) ?? [];
      for (const place of places) {
        const url = path.replace(place, segment).replace(':site', 'default').replaceAll(/:\w+/g, 'a');
        for (const method of ['GET', 'POST', 'DELETE'] as const)
          await ask('a strange name', { method, url, headers: headers ?? {} });
      }
    }
  }
});

test('attack 66: headers of any size and kind are answered, not failed on', async () => {
  for (const path of paths) {
    for (const value of [
      'Bearer',
      'Bearer ',
      'Basic',
      'Basic %%%',
      'Basic OjpcADo=',
      'Basic AAAA',
      `Bearer ${'x'.repeat(8000)}`,
      'Bearer \u00e9',
      'DPoP x',
    ]) {
      for (const method of ['GET', 'POST'] as const) {
        await ask(`Authorization: ${value.slice(0, 20)}`, {
          method,
          url: siteOf(path),
          headers: { authorization: value },
        });
      }
    }
    for (const cookie of ['=', ';;;', '__proto__=1', 'a=%FF', `a=${'x'.repeat(8000)}`]) {
      await ask('a strange cookie', { method: 'GET', url: siteOf(path), headers: { cookie } });
    }
  }
});

test('the forms of the pages are taken: what is tried gets behind their first check', () => {
  const pages = ['sign-in', 'sign-up', 'account/email', 'account/charts'].map((name) => `/oauth2/:site/${name}`);
  const refused = pages.filter((path) => !further.has(path));
  assert.deepEqual(refused, []);
});

test('attack 66: nothing of it became of anybody’s prototype', () => {
  assert.equal(Reflect.get({}, 'role'), undefined);
  assert.equal(Reflect.get({}, 'status'), undefined);
});

/**
 * What goes wrong with OpenEMR's OAuth and shows one symptom for many causes: each is provoked here, and the ticket of its
 * refusal names the cause. See docs/openemr.md.
 */
import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { easyAccounts, newAccount, testPassword } from '../../packages/server/src/testing/accounts.ts';
import { callback, fhirUrl, testApp } from '../../packages/server/src/testing/app.ts';
import {
  type Answer,
  type Json,
  newKeyPair,
  signAssertion,
  soleGate,
  tokenUrl,
} from '../../packages/server/src/testing/gate.ts';
import { enabledClient, setSettings, tokenForm } from '../../packages/server/src/testing/openemr.ts';
import { testUser } from '../../packages/server/src/testing/user.ts';

/** A whole second, so that assertions, which count in seconds, are off by just as much as they mean to be. */
let now = Math.floor(Date.now() / 1000) * 1000;
const { node, close } = await soleGate({
  now: () => now,
  config: { accounts: easyAccounts },
  lookup: async () => {
    throw new Error('ENOTFOUND');
  },
});
after(close);

const key = newKeyPair();
const elliptic = newKeyPair('ES384');
const app = await testApp(node);
const backend = await node.approvedClient([key]);
const user = await testUser(node.gate, { charts: ['ann'] });
const ann = await newAccount(node);
before(() => setSettings(node, { compatibility: 'openemr', password_grant: 'patient' }));

const signedWith = (claims: Json, header: Json = {}, id = backend.client_id) =>
  node.requestToken(signAssertion(id, key, { claims, header, now }));
const seconds = () => Math.floor(now / 1000);
const inPatients = { grant_type: 'password', scope: 'patient/Patient.rs', user_role: 'patient' };

/** An assertion by RS256, as most JWT libraries make it unless they are told otherwise. */
function byRs256(): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const id = backend.client_id;
  const claims = { iss: id, sub: id, aud: tokenUrl, exp: seconds() + 60, jti: `rs256-${now}` };
  const signed = `${encode({ alg: 'RS256', kid: key.kid, typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key.privateKey).toString('base64url')}`;
}

async function clientWith(metadata: Json): Promise<Json> {
  return enabledClient(node, {
    client_name: 'Nightly export',
    token_endpoint_auth_method: 'private_key_jwt',
    scope: 'system/Patient.rs',
    ...metadata,
  });
}

/** What the app is told in the address of the redirect. */
function toldInAddress(location: URL | undefined): Answer {
  const told = Object.fromEntries(location?.searchParams ?? []);
  return { status: 303, headers: {}, json: told };
}

type Symptom = {
  readonly symptom: string;
  readonly cause: string;
  /** The status and the code on the wire, as in OpenEMR. */
  readonly status: number;
  readonly error: string;
  readonly refusal: string;
  /** Of the ticket: what came, and what to do. */
  readonly received: RegExp;
  readonly advice: RegExp;
  readonly provoke: () => Promise<Answer>;
};

const row = (
  symptom: string,
  cause: string,
  [status, error, refusal]: readonly [number, string, string],
  [received, advice]: readonly [RegExp, RegExp],
  provoke: () => Promise<Answer>,
): Symptom => ({ symptom, cause, status, error, refusal, received, advice, provoke });

const noAuthentication = (refusal: string) => [401, 'invalid_client', refusal] as const;
const failedConstraint = (refusal: string) => [400, 'invalid_client', refusal] as const;

const symptoms: readonly Symptom[] = [
  row(
    '401 invalid_client',
    'nobody has enabled the client',
    noAuthentication('client-pending'),
    [/pending/, /approval/],
    async () => {
      const { json } = await node.register({
        client_name: 'Waits',
        token_endpoint_auth_method: 'private_key_jwt',
        scope: 'system/Patient.rs',
        jwks: { keys: [key.publicJwk] },
      });
      return signedWith({}, {}, json.client_id);
    },
  ),
  row(
    '401 invalid_client',
    'the client_id is unknown here',
    noAuthentication('client-unknown'),
    [/sub: another-server/, /client_id of your registration/],
    () => signedWith({}, {}, 'another-server'),
  ),
  row(
    '401 invalid_client',
    'the assertion is no JWT that can be read',
    noAuthentication('assertion-malformed'),
    [/1 part/, /nothing cut the assertion/],
    () => node.requestToken('eyJhbGciOiJSUzM4NCJ9'),
  ),
  row(
    '401 invalid_client',
    'the client was registered without keys',
    noAuthentication('keys-none'),
    [/^$/, /Register with jwks/],
    async () => {
      const client = await clientWith({ token_endpoint_auth_method: 'client_secret_post' });
      return signedWith({}, {}, client.client_id);
    },
  ),
  row(
    '401 invalid_client',
    'kid names none of the registered keys',
    noAuthentication('key-unknown'),
    [/kid my-key/, /kid of a registered key/],
    () => signedWith({}, { kid: 'my-key' }),
  ),
  row(
    '401 invalid_client',
    'the server cannot fetch jwks_uri',
    noAuthentication('keys-unavailable'),
    [/./, /Open jwks_uri from outside/],
    async () => signedWith({}, {}, (await clientWith({ jwks_uri: 'https://keys.example/jwks.json' })).client_id),
  ),
  row(
    '400 invalid_client',
    'aud is the FHIR base, not the token URL',
    failedConstraint('assertion-aud'),
    [/apis\/default\/fhir/, /token URL, character by character/],
    () => signedWith({ aud: fhirUrl }),
  ),
  row(
    '400 invalid_client',
    'aud has http, as the server behind a proxy sees itself',
    failedConstraint('assertion-aud'),
    [/^http:/, /token URL/],
    () => signedWith({ aud: tokenUrl.replace('https:', 'http:') }),
  ),
  row(
    '400 invalid_client',
    'iss is a URL, not the client_id',
    failedConstraint('assertion-iss'),
    [/iss: https:\/\/me\.example/, /not a URL/],
    () => signedWith({ iss: 'https://me.example' }),
  ),
  row('400 invalid_client', 'signed with RS256', failedConstraint('assertion-alg'), [/RS256/, /RS384/], () =>
    node.requestToken(byRs256()),
  ),
  row(
    '400 invalid_client',
    'signed by another key than the one that kid names',
    failedConstraint('signature'),
    [/^$/, /key pair does not match/],
    () => node.requestToken(signAssertion(backend.client_id, newKeyPair(), { header: { kid: key.kid }, now })),
  ),
  row(
    '400 invalid_client',
    'the clock of the client is behind',
    failedConstraint('exp-past'),
    [/2700 s ago .*behind/, /NTP/],
    () => signedWith({ exp: seconds() - 2700 }),
  ),
  row(
    '400 invalid_client',
    'the clock of the client is ahead',
    failedConstraint('assertion-early'),
    [/iat: .*ahead/, /NTP/],
    () => signedWith({ iat: seconds() + 120 }),
  ),
  row(
    '400 invalid_client',
    'exp is in milliseconds',
    failedConstraint('exp-far'),
    [/s ahead/, /not milliseconds/],
    () => signedWith({ exp: now + 300_000 }),
  ),
  row(
    '400 invalid_client',
    'the jti was used before',
    failedConstraint('jti-used'),
    [/^$/, /new jti, for every token/],
    async () => {
      await signedWith({ jti: `once-${now}` });
      return signedWith({ jti: `once-${now}` });
    },
  ),
  row(
    'assertion type is not supported',
    'client_credentials with a client_secret',
    [400, 'invalid_request', 'assertion-missing'],
    [/client_id, client_secret/, /Sign a JWT/],
    () =>
      tokenForm(node, {
        grant_type: 'client_credentials',
        client_id: app.client.client_id,
        client_secret: app.client.client_secret,
        scope: 'system/Patient.read',
      }),
  ),
  row(
    'unsupported_grant_type',
    'the password grant is off for this user_role',
    [400, 'unsupported_grant_type', 'password-off'],
    [/user_role=users; the setting password_grant: patient/, /setting/],
    () => tokenForm(node, { ...inPatients, user_role: 'users', username: 'admin', password: 'pass' }, app.client),
  ),
  row(
    'unsupported_grant_type',
    'a body of JSON instead of a form',
    [400, 'invalid_request', 'form'],
    [/application\/json/, /form in the body, not as JSON/],
    () => node.postJson('/oauth2/default/token', { grant_type: 'client_credentials' }),
  ),
  row(
    'invalid_scope',
    'a scope is misspelt',
    [400, 'invalid_scope', 'scope-none'],
    [/system\/Patients\.read/, /scopes the client was approved for/],
    () => node.requestToken(signAssertion(backend.client_id, key, { now }), { scope: 'system/Patients.read' }),
  ),
  row('invalid_scope', 'no scope at all', [400, 'invalid_scope', 'scope-missing'], [/no scope/, /Add scope/], () =>
    node.requestToken(signAssertion(backend.client_id, key, { now }), { scope: '' }),
  ),
  row(
    'Failed Authentication',
    'a wrong password, name or address',
    [400, 'invalid_grant', 'password-failed'],
    [/^$/, /type them once more/],
    () => tokenForm(node, { ...inPatients, username: ann.userName, password: 'wrong', email: ann.email }, app.client),
  ),
  row(
    'Failed Authentication',
    'user_role is not the one of the account',
    [400, 'invalid_grant', 'password-role'],
    [/user_role=patient/, /user_role that the account has/],
    async () => {
      const nurse = await newAccount(node, { role: 'practitioner' });
      const form = { ...inPatients, username: nurse.userName, password: testPassword, email: nurse.email };
      return tokenForm(node, form, app.client);
    },
  ),
  row(
    'Bad request at the code exchange',
    'the code is older than 60 s',
    [400, 'invalid_grant', 'code-expired'],
    [/s too late/, /as soon as it arrives/],
    async () => {
      const code = await app.codeFor(await fresh());
      now += 61_000;
      return app.exchange(code);
    },
  ),
  row(
    'Bad request at the code exchange',
    'another redirect_uri than at the authorization',
    [400, 'invalid_grant', 'code-redirect'],
    [/else\.example/, /same redirect_uri/],
    async () => app.exchange(await app.codeFor(await fresh()), { redirect_uri: 'https://else.example/cb' }),
  ),
  row(
    'Aud parameter did not match',
    'aud is the token URL at the authorization endpoint',
    [303, 'invalid_request', 'aud-wrong'],
    [/oauth2\/default\/token/, /base URL of the FHIR API/],
    async () => toldInAddress((await app.authorize({ aud: tokenUrl })).location),
  ),
  row(
    'Code challenge must be provided for public clients',
    'a public client without PKCE',
    [303, 'invalid_request', 'pkce-missing'],
    [/no code_challenge/, /code_verifier/],
    async () => {
      const one = await enabledClient(node, {
        client_name: 'Phone',
        application_type: 'public',
        redirect_uris: [callback],
        scope: 'patient/Patient.rs',
      });
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: one.client_id,
        redirect_uri: callback,
        scope: 'patient/Patient.rs',
        state: 's',
      });
      const { headers } = await node.get(`/oauth2/default/authorize?${query}`);
      return toldInAddress(new URL(String(headers.location)));
    },
  ),
  row(
    'Refresh Token revoked or logged out',
    'the user took the permission back, or signed out',
    [401, 'invalid_request', 'refresh-unknown'],
    [/43 characters/, /has revoked it/],
    async () => {
      const { refresh_token } = await app.tokensFor(await fresh(), { scope: 'offline_access patient/Patient.rs' });
      await app.post({ token: refresh_token }, '/oauth2/default/revoke');
      return app.refresh(refresh_token);
    },
  ),
];

/** The clock of these tests moves. */
const fresh = async () => testUser(node.gate, { charts: ['ann'] });

for (const { symptom, cause, status, error, refusal, received, advice, provoke } of symptoms) {
  test(`"${symptom}": ${cause}`, async () => {
    const answer = await provoke();
    assert.deepEqual([answer.status, answer.json.error], [status, error], JSON.stringify(answer.json));
    const ticket = await node.ticketOf(answer);
    assert.equal(ticket.refusal, refusal);
    assert.match(ticket.received, received);
    assert.match(ticket.advice, advice);
    assert.ok(ticket.checks.some((entry: Json) => entry.outcome === 'failed'));
  });
}

test('what fails in OpenEMR and need not fail here: no nbf and iat, ES384, no state, scopes of v2, a v1 scope beside', async () => {
  assert.equal((await signedWith({ nbf: undefined, iat: undefined })).status, 200);
  const other = await node.approvedClient([elliptic]);
  assert.equal((await node.requestToken(signAssertion(other.client_id, elliptic, { now }))).status, 200);
  const mixed = { scope: 'system/Patient.rs system/Observation.read openid' };
  assert.equal((await node.requestToken(signAssertion(backend.client_id, key, { now }), mixed)).status, 200);
  const authorized = await app.codeFor(user, { state: undefined });
  assert.equal((await app.exchange(authorized)).status, 200);
});

test('an unknown site is a 404 that can be read, wherever OpenEMR answers with nothing', async () => {
  const { status, json } = await node.postForm('/oauth2/defualt/token', { grant_type: 'client_credentials' });
  assert.equal(status, 404);
  assert.match(json.error_description, /"default" on most servers/);
  assert.equal((await node.get('/apis/defualt/fhir/.well-known/smart-configuration')).status, 404);
});

test('docs/openemr.md lists each of these symptoms with its cause and its refusal', async () => {
  const page = await readFile(new URL('../../docs/openemr.md', import.meta.url), 'utf8');
  for (const { symptom, cause, refusal } of symptoms) {
    assert.ok(page.includes(`| ${symptom} | ${cause} | [${refusal}](errors.md#${refusal}) |`), `${symptom}: ${cause}`);
  }
});

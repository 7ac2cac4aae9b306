/** Refresh as the (g)(10) kit asserts it: section 5. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { patientWithRecord, solePlatform } from '../../packages/server/src/testing/platform.ts';
import { putResources } from '../../packages/server/src/testing/put-resource.ts';
import { testUser } from '../../packages/server/src/testing/user.ts';
import { kitApp, standaloneScope } from './gate.testing.ts';

const { test: database, node, ask, close } = await solePlatform();
after(close);
before(() => putResources(database, ...patientWithRecord('ann')));

const app = await kitApp(node);
const ann = await testUser(node.gate, { charts: ['ann'] });

test('conformance 5.1: a refresh without scope answers with all members, and no more scope than before', async () => {
  const first = await app.tokensFor(ann, { scope: standaloneScope });
  const { status, json } = await app.refresh(first.refresh_token);
  assert.equal(status, 200);
  assert.ok(json.access_token);
  assert.equal(json.token_type.toLowerCase(), 'bearer');
  assert.equal(typeof json.expires_in, 'number');
  const before_ = new Set(first.scope.split(' '));
  assert.ok(json.scope.split(' ').every((one: string) => before_.has(one)));
});

test('conformance 5.2: a refresh with the whole scope answers the same', async () => {
  const first = await app.tokensFor(ann, { scope: standaloneScope });
  const { status, json } = await app.refresh(first.refresh_token, { scope: first.scope });
  assert.equal(status, 200);
  assert.equal(json.scope, first.scope);
  assert.equal(typeof json.expires_in, 'number');
});

test('conformance 5.3: the new token reads the patient', async () => {
  const first = await app.tokensFor(ann, { scope: standaloneScope });
  const { json, headers } = await app.refresh(first.refresh_token);
  assert.equal((await ask('Patient/ann', json.access_token)).status, 200);
  assert.match(String(headers['cache-control']), /no-store/);
});

test('conformance 5.4: an invalid refresh token with good authentication is answered 400 invalid_grant', async () => {
  const { status, json } = await app.refresh('0b7e2b0e-3c1c-4f38-9d5f-2f7f3f5f6f7a');
  assert.deepEqual([status, json.error], [400, 'invalid_grant']);
});

test('conformance 5.5: two refreshes close together with the current token do not end the whole grant', async () => {
  const first = await app.tokensFor(ann, { scope: standaloneScope });
  const answers = await Promise.all([app.refresh(first.refresh_token), app.refresh(first.refresh_token)]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
  for (const { json } of answers) assert.equal((await ask('Patient/ann', json.access_token)).status, 200);
});

/** What the attestations of section 13 say the product can do, as far as a program can try it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newKeyPair, signAssertion } from '../../packages/server/src/testing/gate.ts';
import { patientWithRecord, putAll, solePlatform } from '../../packages/server/src/testing/platform.ts';
import { testUser } from '../../packages/server/src/testing/user.ts';
import { kitApp, standaloneScope } from './gate.testing.ts';

let passed = 0;
const { test: database, node, ask, close } = await solePlatform({ now: () => Date.now() + passed });
after(close);
before(() => putAll(database, [...patientWithRecord('ann'), ...patientWithRecord('bob')]));

const day = 24 * 3600_000;

test('conformance 13.1, 13.6: apps for one patient and for many are registered, and a service gets what was approved alone', async () => {
  const one = await kitApp(node);
  const ann = await testUser(node.gate, { charts: ['ann'] });
  const tokens = await one.tokensFor(ann, { scope: standaloneScope });
  assert.equal((await ask('Patient/bob', tokens.access_token)).status, 404);
  const key = newKeyPair('ES384');
  const service = await node.approvedClient([key], { scope: 'system/Patient.rs' });
  const asked = { scope: 'system/Patient.rs system/Observation.rs system/*.cruds' };
  const { json } = await node.requestToken(signAssertion(service.client_id, key), asked);
  assert.equal(json.scope, 'system/Patient.rs');
  for (const id of ['ann', 'bob']) assert.equal((await ask(`Patient/${id}`, json.access_token)).status, 200);
  assert.equal((await ask('Observation/ann-o', json.access_token)).status, 403);
});

test('conformance 13.4: a refresh token is good after 3 months without use, of native apps too, and each use gives 3 more', async () => {
  const ann = await testUser(node.gate, { charts: ['ann'] });
  for (const metadata of [
    {},
    {
      token_endpoint_auth_method: 'none',
      redirect_uris: ['com.example.app:/callback'],
      scope: 'launch/patient openid fhirUser offline_access patient/*.rs',
    },
  ]) {
    const app = await kitApp(node, { metadata });
    const kept = passed;
    let { refresh_token } = await app.tokensFor(ann, { scope: standaloneScope });
    for (const _ of [1, 2, 3]) {
      passed += 92 * day;
      const { status, json } = await app.refresh(refresh_token);
      assert.equal(status, 200, JSON.stringify(json));
      refresh_token = json.refresh_token;
    }
    passed = kept;
  }
});

test('conformance 13.5: whoever holds a token may ask whether it is good, and hears when it is no more', async () => {
  const app = await kitApp(node);
  const ann = await testUser(node.gate, { charts: ['ann'] });
  const { access_token } = await app.tokensFor(ann, { scope: standaloneScope });
  const isActive = async () => (await app.post({ token: access_token }, '/oauth2/default/introspect')).json.active;
  assert.equal(await isActive(), true);
  passed += 2 * 3600_000;
  assert.equal(await isActive(), false);
  passed -= 2 * 3600_000;
});

/** What people who come from OpenEMR send, as they send it, at a site in either dialect. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { easyAccounts, newAccount, testPassword } from '../../packages/server/src/testing/accounts.ts';
import { callback, fhirUrl } from '../../packages/server/src/testing/app.ts';
import { type Json, newKeyPair, signAssertion } from '../../packages/server/src/testing/gate.ts';
import { enable, enabledClient, setSettings, tokenForm } from '../../packages/server/src/testing/openemr.ts';
import { patientWithRecord, solePlatform } from '../../packages/server/src/testing/platform.ts';
import { putResources } from '../../packages/server/src/testing/put-resource.ts';

const { test: database, node, ask, close } = await solePlatform({ config: { accounts: easyAccounts } });
after(close);
before(() => putResources(database, ...patientWithRecord('ann'), ...patientWithRecord('bob')));

const key = newKeyPair();
const { n, e, kid } = key.publicJwk as { n: string; e: string; kid: string };

/** As it is really sent, misspelt members and all; see `scope` for one that names no type. */
const registration = {
  application_type: 'private',
  redirect_uris: ['https://localhost:8080/redirect'],
  post_logout_redirect_uris: ['https://localhost:8080/logout'],
  client_name: 'New JWT App 13',
  initiate_login_url: 'https://localhost:8081/launch',
  token_endpoint_auth_method: 'client_secret_post',
  contacts: ['me@example.org', 'them@example.org'],
  scope:
    'openid offline_access api:oemr api:fhir api:port patient/Patient.read patient/Procedure.read system/Patient.read system/AllergyIntolerance.read system/CarePlan.read system/CareTeam.read system/Condition.read system/Coverage.read system/Device.read system/DiagnosticReport.read system/Document.read system/DocumentReference.read system/Encounter.read system/Goal.read system/Group.read system/Immunization.read system/Location.read system/Medication.read system/MedicationRequest.read system/Observation.read system/Organization.read system/Person.read system/Practitioner.read system/PractitionerRole.read system/Procedure.read system/Provenance.read',
  jwks: { keys: [{ kty: 'RSA', e, use: 'sig', alg: 'RS384', kid, n }] },
};

const privateApp = {
  application_type: 'private',
  redirect_uris: [callback],
  client_name: 'A Private App',
  token_endpoint_auth_method: 'client_secret_post',
  contacts: ['me@example.org'],
  scope:
    'openid offline_access api:oemr api:fhir api:port user/allergy.read user/patient.read user/Patient.read user/Observation.read user/Encounter.read patient/Patient.read patient/Observation.read system/Patient.read',
  jwks: registration.jwks,
};

const publicApp = {
  application_type: 'public',
  redirect_uris: [callback],
  client_name: 'A Public App',
  token_endpoint_auth_method: 'client_secret_post',
  contacts: ['me@example.org'],
  scope: 'openid api:fhir api:port patient/Patient.read patient/Observation.read',
};

const secondsLeft = (tokens: Json, most: number) =>
  assert.ok(tokens.expires_in === most || tokens.expires_in === most - 1, `${tokens.expires_in}`);

for (const compatibility of ['standard', 'openemr'] as const) {
  const named = (name: string) => `${compatibility}: ${name}`;
  const inDialect = (name: string, run: () => Promise<void>) =>
    test(named(name), async () => {
      await setSettings(node, { compatibility, password_grant: 'both' });
      await run();
    });

  inDialect('five steps from a key pair to patients, with the body that people really send', async () => {
    const { status: registered, json: client } = await node.register(registration);
    assert.equal(registered, compatibility === 'openemr' ? 200 : 201);
    assert.equal(client.client_role, compatibility === 'openemr' ? 'user' : undefined);
    assert.ok(client.client_id && client.client_secret, JSON.stringify(client));
    assert.equal(client.initiate_login_uri, 'https://localhost:8081/launch');
    assert.ok(client.warnings.some((text: string) => text.includes('system/Document.read')));
    const assertion = () => signAssertion(client.client_id, key, { header: { jku: undefined } });

    const early = await node.requestToken(assertion(), { scope: registration.scope });
    assert.equal(early.status, 401, 'nobody clicked Enable');
    assert.equal((await node.ticketOf(early)).refusal, 'client-pending');

    await enable(node, client.client_id);
    const { status, json, headers } = await node.requestToken(assertion(), { scope: registration.scope });
    assert.equal(status, 200, JSON.stringify(json));
    assert.match(String(headers['cache-control']), /no-store/);
    assert.equal(json.token_type, 'Bearer');
    secondsLeft(json, 300);
    assert.ok(json.scope.startsWith('system/Patient.read system/AllergyIntolerance.read '));
    assert.ok(!/openid|patient\/|Document\.read/.test(json.scope));

    const patients = await ask('Patient', json.access_token);
    assert.equal(patients.status, 200);
    assert.deepEqual(patients.json.entry.map((entry: Json) => entry.resource.id).sort(), ['ann', 'bob']);
  });

  inDialect('a private client with all scopes, enabled, signs a user in by password and reads', async () => {
    const client = await enabledClient(node, privateApp);
    const doctor = await newAccount(node, { role: 'practitioner', fhirUser: 'Practitioner/doc' });
    const form = {
      grant_type: 'password',
      scope: privateApp.scope,
      user_role: 'users',
      username: doctor.userName,
      password: testPassword,
    };
    const { client_id, client_secret } = client;
    for (const answer of [
      await tokenForm(node, { ...form, client_id, client_secret }),
      await tokenForm(node, form, client),
      await tokenForm(node, { ...form, client_id }, client),
    ]) {
      assert.equal(answer.status, 200, JSON.stringify(answer.json));
      secondsLeft(answer.json, 3600);
      const { access_token } = answer.json;
      assert.equal((await ask('Patient/ann', access_token)).status, 200);
      assert.equal((await ask('Observation?patient=bob', access_token)).json.total ?? 1, 1);
      assert.equal((await ask('Condition', access_token)).status, 403);
    }
  });

  inDialect('a public client reads the record of its patient, and has no refresh token', async () => {
    const client = await enabledClient(node, publicApp);
    assert.equal(client.client_secret, compatibility === 'openemr' ? '' : undefined);
    assert.equal(client.client_role, compatibility === 'openemr' ? 'patient' : undefined);
    const ann = await newAccount(node, { fhirUser: 'Patient/ann' });
    const site = await node.gate.site('default');
    await site?.store.accounts.link(ann.accountId, { patient: 'ann', relationship: 'self', linkedAt: 1 });
    const { status, json } = await tokenForm(node, {
      grant_type: 'password',
      client_id: client.client_id,
      scope: publicApp.scope,
      user_role: 'patient',
      username: ann.userName,
      password: testPassword,
      email: ann.email,
    });
    assert.equal(status, 200, JSON.stringify(json));
    assert.equal(json.refresh_token, undefined);
    assert.equal(json.patient, 'ann');
    assert.equal((await ask('Patient/ann', json.access_token)).status, 200);
    assert.equal((await ask('Patient/bob', json.access_token)).status, 404);
    assert.equal((await ask('Observation', json.access_token)).json.entry.length, 1);
  });

  inDialect('a refresh with everything that the examples send answers with the members they read', async () => {
    const client = await enabledClient(node, privateApp);
    const doctor = await newAccount(node, { role: 'practitioner', fhirUser: 'Practitioner/doc' });
    const { client_id, client_secret } = client;
    const form = { grant_type: 'password', user_role: 'users', username: doctor.userName, password: testPassword };
    const first = await tokenForm(node, { ...form, scope: privateApp.scope }, client);
    const answer = await tokenForm(node, {
      grant_type: 'refresh_token',
      client_id,
      client_secret,
      refresh_token: first.json.refresh_token,
      scope: first.json.scope,
      user_role: 'users',
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.json));
    for (const name of ['id_token', 'access_token', 'refresh_token']) {
      assert.equal(typeof answer.json[name], 'string', name);
    }
    assert.equal(answer.json.token_type, 'Bearer');
    secondsLeft(answer.json, 3600);
    assert.equal((await ask(`${fhirUrl}/Patient/ann`, answer.json.access_token)).status, 200);
  });
}

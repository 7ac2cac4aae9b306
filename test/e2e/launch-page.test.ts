import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { putResources } from '../../packages/server/src/testing/put-resource.ts';
import { signedIn } from '../../packages/server/src/testing/signed-in.ts';
import { authorizationRequest, otherOrigin, pagesGate } from '../support/pages.ts';

const { database, node, issuer, publicUrl, window, close } = await pagesGate();
const fhir = `${publicUrl}/apis/default/fhir`;
const scope = 'launch openid fhirUser user/Patient.rs user/Encounter.rs user/Observation.rs';

/** A confidential app: where it is launched it asks for authorization, and it exchanges the code that it gets. */
const seen: URL[] = [];
let verifier = '';
let client = { client_id: '', client_secret: '' };
const app = await otherOrigin((request, response) => {
  const url = new URL(request.url ?? '', app.url);
  if (url.pathname === '/favicon.ico') return void response.writeHead(404).end();
  seen.push(url);
  if (url.pathname !== '/launch') return void response.end('back in the app');
  const asked = authorizationRequest(issuer, {
    client_id: client.client_id,
    redirect_uri: `${app.url}/callback`,
    scope,
    launch: url.searchParams.get('launch') ?? '',
  });
  verifier = asked.verifier;
  response.writeHead(302, { location: asked.url }).end();
});

before(async () => {
  await putResources(
    database,
    { resourceType: 'Patient', id: 'anna', name: [{ given: ['Anna'], family: 'Berg' }] },
    {
      resourceType: 'Encounter',
      id: 'visit',
      status: 'finished',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
      type: [{ text: 'check-up' }],
      subject: { reference: 'Patient/anna' },
      period: { start: '2025-01-02T08:00:00Z' },
    },
  );
  const { json } = await node.register({
    client_name: 'Growth chart',
    redirect_uris: [`${app.url}/callback`],
    launch_uri: `${app.url}/launch`,
    token_endpoint_auth_method: 'client_secret_basic',
    scope,
  });
  client = json as typeof client;
  await node.postJson(`/apis/default/admin/clients/${json.client_id}/approve`, {}, node.adminToken);
});
after(async () => {
  app.close();
  await close();
});

test('conformance 8.1, 8.4: from the launch page through the app and the consent to a token with patient and encounter', async () => {
  const user = await signedIn(node, { role: 'practitioner', fhirUser: 'Practitioner/1' });
  const context = await window(user.token);
  const page = await context.newPage();
  await page.goto(`${issuer}/launch`);
  await page.fill('#name', 'Berg');
  await page.click('#find');
  await page.click('button[name=patient][value=anna]');
  await page.selectOption('#encounter', 'visit');
  await page.click(`button[name=client_id][value="${client.client_id}"]`);
  await page.locator('#consent').waitFor();
  assert.equal(seen[0]?.searchParams.get('iss'), fhir);
  assert.equal(await page.locator('#checked').count(), 1);
  await page.locator('input[name=scope][value="user/Observation.rs"]').uncheck();
  await page.click('#allow');
  await page.getByText('back in the app').waitFor();
  const { searchParams } = seen.at(-1) ?? new URL(app.url);
  assert.deepEqual([searchParams.get('state'), searchParams.get('iss')], ['the state', issuer]);

  const basic = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64');
  const { status, json } = await node.postForm(
    '/oauth2/default/token',
    {
      grant_type: 'authorization_code',
      code: searchParams.get('code') ?? '',
      redirect_uri: `${app.url}/callback`,
      code_verifier: verifier,
    },
    { authorization: `Basic ${basic}` },
  );
  assert.equal(status, 200, JSON.stringify(json));
  assert.deepEqual([json.patient, json.encounter], ['anna', 'visit']);
  assert.equal(json.scope, scope.replace(' user/Observation.rs', ''));

  const before = seen.length;
  const again = await context.newPage();
  await again.goto(seen[0]?.href ?? '');
  await again.getByText('back in the app').waitFor();
  assert.ok(seen.length > before + 1, 'the launch was used: the app hears an error');
  assert.equal(seen.at(-1)?.searchParams.get('code'), null);
  assert.ok(seen.at(-1)?.searchParams.get('error'));
  await context.close();
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
before(async () => {
  server = await runningServer();
});
after(() => server.close());

const origin = 'https://app.example';

test('a page of another origin may ask before it reads or writes', async () => {
  for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
    const answer = await fetch(`${server.fhir}/Patient/1`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    assert.ok(answer.headers.get('access-control-allow-methods')?.includes(method), method);
    assert.match(answer.headers.get('access-control-allow-headers') ?? '', /authorization/);
  }
});

test('a page of another origin may read discovery, the keys and the CapabilityStatement', async () => {
  for (const path of [
    '/apis/default/fhir/metadata',
    '/apis/default/fhir/.well-known/smart-configuration',
    '/oauth2/default/.well-known/openid-configuration',
    '/oauth2/default/jwk',
  ]) {
    const answer = await fetch(server.url + path, { headers: { origin } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('access-control-allow-origin'), '*', path);
    await answer.json();
  }
});

test('every refusal of the FHIR API can be read across origins as well', async () => {
  const answer = await server.ask('Patient', undefined, { headers: { origin } });
  assert.equal(answer.status, 401);
  assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  assert.match(answer.headers.get('access-control-expose-headers') ?? '', /WWW-Authenticate/);
  await answer.arrayBuffer();
});

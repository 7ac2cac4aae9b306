import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { run } from '../support/command.ts';
import { runningServer } from '../support/running-server.ts';

const server = await runningServer({ demo: true });
after(server.close);
const environment = { CHARTGATE_DATA: server.dataDirectory };

test('a standalone launch by curl and openssl, with introspection, refresh and revocation', async () => {
  const { code, stdout, stderr } = await run('http/standalone-launch.sh', [server.url], {});
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).entry.length, 3);
  assert.match(stderr, /"active":true/);
  assert.match(stderr, /granted: launch\/patient openid fhirUser offline_access patient\/Patient\.rs/);
});

test('an EHR launch by curl and openssl ends with the patient it was opened for', async () => {
  const { code, stdout, stderr } = await run('http/ehr-launch.sh', [server.url], environment);
  assert.equal(code, 0, stderr);
  const { resourceType, id } = JSON.parse(stdout);
  assert.equal(resourceType, 'Patient');
  assert.ok(stderr.includes(`patient ${id}, granted: launch openid fhirUser user/Patient.rs user/Observation.rs`));
});

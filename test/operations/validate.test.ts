import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let token: string;
before(async () => {
  server = await runningServer();
  token = await server.token('system/*.cruds');
});
after(() => server.close());

type Outcome = {
  readonly resourceType: string;
  readonly issue: readonly { severity: string; code: string; diagnostics?: string; expression?: string[] }[];
};

const json = (resource: object) => ({ method: 'POST', body: JSON.stringify(resource) });
const parameters = (...parameter: readonly object[]) => json({ resourceType: 'Parameters', parameter });

async function validated(path: string, init: RequestInit = {}, scope = token): Promise<Outcome['issue']> {
  const answer = await server.ask(path, scope, init);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  const outcome = JSON.parse(text) as Outcome;
  assert.equal(outcome.resourceType, 'OperationOutcome');
  assert.ok(outcome.issue.length > 0);
  return outcome.issue;
}

const errors = (issues: Outcome['issue']) =>
  issues.filter(({ severity }) => severity === 'error').map(({ code, expression }) => `${code} ${expression ?? ''}`);

const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' };
const patient = (members: object) => ({ resourceType: 'Patient', text, ...members });
const url = 'http://clinic.example/StructureDefinition/named';
const profile = {
  resourceType: 'StructureDefinition',
  url,
  name: 'Named',
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Patient',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
  derivation: 'constraint',
  differential: { element: [{ id: 'Patient.name', path: 'Patient.name', min: 1 }] },
};

const count = async () =>
  ((await (await server.ask('Patient?_summary=count', token)).json()) as { total: number }).total;

describe('$validate', () => {
  test('says of a valid resource that it found nothing, and writes nothing', async () => {
    const issues = await validated('Patient/$validate', json(patient({ active: true })));
    assert.deepEqual(
      issues.map(({ severity }) => severity),
      ['information'],
    );
    assert.equal(await count(), 0);
  });
  test('takes the resource as a parameter, and resources that are not valid', async () => {
    const resource = patient({ gender: 'none', contact: [{ gender: 'male' }] });
    for (const init of [json(resource), parameters({ name: 'resource', resource })]) {
      assert.deepEqual(errors(await validated('Patient/$validate', init)), [
        'code-invalid Patient.gender',
        'invariant Patient.contact[0]',
      ]);
    }
  });
  test('checks codes against the value sets at hand', async () => {
    const issues = await validated(
      'Observation/$validate',
      json({ resourceType: 'Observation', text, status: 'x', code: { text: 'x' } }),
    );
    assert.deepEqual(errors(issues), ['code-invalid Observation.status']);
  });
  test('checks the type that the URL names', async () => {
    assert.deepEqual(errors(await validated('Group/$validate', json(patient({})))), ['invalid Resource']);
  });
  test('needs a resource, and a mode there is', async () => {
    assert.equal((await server.ask('Patient/$validate', token)).status, 400);
    assert.equal((await server.ask('Patient/$validate?mode=x', token, json(patient({})))).status, 400);
    assert.equal((await server.ask('Patient/$validate', token, json({ resourceType: 'Parameters' }))).status, 400);
  });
  test('checks against a profile that is asked for, as soon as the site has it', async () => {
    const asked = `Patient/$validate?profile=${encodeURIComponent(url)}`;
    assert.deepEqual(errors(await validated(asked, json(patient({})))), ['not-found Patient']);
    assert.equal((await server.ask('StructureDefinition', token, json(profile))).status, 201);
    for (let n = 0; n < 100 && errors(await validated(asked, json(patient({})))).includes('not-found Patient'); n++) {
      await new Promise((done) => setTimeout(done, 50));
    }
    assert.deepEqual(errors(await validated(asked, json(patient({})))), ['required Patient.name']);
    assert.deepEqual(errors(await validated(asked, json(patient({ name: [{ text: 'x' }] })))), []);
    const both = parameters({ name: 'resource', resource: patient({}) }, { name: 'profile', valueUri: url });
    assert.deepEqual(errors(await validated('Patient/$validate', both)), ['required Patient.name']);
  });
  test('of an instance checks what is stored, for those who may read it', async () => {
    const made = await server.ask('Patient', token, json(patient({ contact: [{ gender: 'male' }] })));
    const { id } = (await made.json()) as { id: string };
    assert.deepEqual(errors(await validated(`Patient/${id}/$validate`)), ['invariant Patient.contact[0]']);
    assert.deepEqual(
      errors(await validated(`Patient/${id}/$validate`, parameters({ name: 'mode', valueCode: 'profile' }))),
      ['invariant Patient.contact[0]'],
    );
    const other = await server.token('system/Group.cruds');
    const [hidden, absent] = await Promise.all(
      [id, 'none'].map((one) => server.ask(`Patient/${one}/$validate`, other)),
    );
    assert.equal(hidden?.status, 403);
    assert.equal(await hidden?.text(), await absent?.text());
    assert.equal((await server.ask('Patient/none/$validate', token)).status, 404);
  });
  test('the mode says what the client would do with it', async () => {
    const reader = await server.token('system/Patient.rs');
    assert.deepEqual(errors(await validated('Patient/$validate?mode=create', json(patient({})))), []);
    assert.deepEqual(errors(await validated('Patient/$validate?mode=create', json(patient({})), reader)), [
      'forbidden ',
    ]);
    assert.deepEqual(errors(await validated('Patient/1/$validate?mode=update', json(patient({ id: '1' })))), []);
    assert.deepEqual(errors(await validated('Patient/1/$validate?mode=update', json(patient({ id: '2' })))), [
      'invalid Patient.id',
    ]);
    const { id } = (await (await server.ask('Patient', token, json(patient({})))).json()) as { id: string };
    assert.deepEqual(errors(await validated(`Patient/${id}/$validate?mode=delete`)), []);
    assert.deepEqual(errors(await validated(`Patient/${id}/$validate?mode=delete`, {}, reader)), ['forbidden ']);
    assert.equal((await server.ask(`Patient/${id}`, token)).status, 200);
  });
  test('is listed in metadata', async () => {
    const metadata = await (await server.ask('metadata', undefined)).text();
    assert.match(metadata, /OperationDefinition\/Resource-validate/);
  });
});

describe('attack 53: $validate fetches no URL and writes nothing', () => {
  let stranger: Server;
  let asked = 0;
  let address: string;
  before(async () => {
    stranger = createServer((_, answer) => {
      asked += 1;
      answer.end(JSON.stringify(profile));
    });
    await new Promise<void>((done) => stranger.listen(0, '127.0.0.1', done));
    address = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  });
  after(() => stranger.close());

  test('a profile, a claim, an extension, a reference and a code system by URL', async () => {
    const before = await count();
    const resource = patient({
      meta: { profile: [`${address}/claimed`] },
      extension: [{ url: `${address}/extension`, valueString: 'x' }],
      managingOrganization: { reference: `${address}/Organization/1` },
      maritalStatus: { coding: [{ system: `${address}/system`, code: 'x' }] },
    });
    const init = parameters({ name: 'resource', resource }, { name: 'profile', valueUri: `${address}/asked` });
    const issues = await validated('Patient/$validate', init);
    assert.deepEqual(errors(issues), ['not-found Patient']);
    assert.equal(asked, 0);
    assert.equal(await count(), before);
  });
  test('a Bundle or Parameters inside of the parameters is validated, not run', async () => {
    const before = await count();
    const entry = [
      {
        fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000000',
        resource: patient({}),
        request: { method: 'POST', url: 'Patient' },
      },
    ];
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry };
    assert.deepEqual(errors(await validated('Bundle/$validate', json(bundle))), []);
    const nested = { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: bundle }] };
    assert.deepEqual(
      errors(await validated('Parameters/$validate', parameters({ name: 'resource', resource: nested }))),
      [],
    );
    assert.equal(await count(), before);
  });
  test('attack 69: a narrative that scripts is refused', async () => {
    const div = '<div xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></div>';
    const issues = await validated('Patient/$validate', json({ resourceType: 'Patient', text: { ...text, div } }));
    assert.deepEqual(errors(issues), ['invariant Patient.text.div']);
    assert.doesNotMatch(JSON.stringify(issues), /alert/);
  });
});

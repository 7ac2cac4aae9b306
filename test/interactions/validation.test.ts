import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type RunningServer, runningServer } from '../support/running-server.ts';

const json = (method: string, resource: object, headers: Record<string, string> = {}) => ({
  method,
  body: JSON.stringify(resource),
  headers,
});
const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' };
const patient = (members: object) => ({ resourceType: 'Patient', text, ...members });
/** Valid in its structure; an invariant of R4 (pat-1) does not hold. */
const broken = patient({ contact: [{ gender: 'male' }] });
const url = 'http://clinic.example/StructureDefinition/named';
const profile = {
  resourceType: 'StructureDefinition',
  text,
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

type Outcome = { readonly issue: readonly { severity: string; code: string; expression?: string[] }[] };

async function refused(answer: Response, status: number): Promise<string[]> {
  const body = await answer.text();
  assert.equal(answer.status, status, body);
  const { issue } = JSON.parse(body) as Outcome;
  return issue.filter(({ severity }) => severity === 'error').map(({ code, expression }) => `${code} ${expression}`);
}

describe('validation of writes by structure, as by default', () => {
  let server: RunningServer;
  let token: string;
  before(async () => {
    server = await runningServer();
    token = await server.token('system/*.cruds');
  });
  after(() => server.close());

  test('takes what breaks an invariant, and refuses what breaks the structure with 400', async () => {
    assert.equal((await server.ask('Patient', token, json('POST', broken))).status, 201);
    const answer = await server.ask('Patient', token, json('POST', patient({ gender: 'none' })));
    assert.deepEqual(await refused(answer, 400), ['code-invalid Patient.gender']);
  });
});

describe('validation of writes by profiles', () => {
  let server: RunningServer;
  let token: string;
  before(async () => {
    server = await runningServer({ validation: 'profiles' });
    token = await server.token('system/*.cruds');
  });
  after(() => server.close());
  const ask = (path: string, init: RequestInit) => server.ask(path, token, init);
  const invariant = 'invariant Patient.contact[0]';

  test('a create and an update must hold the invariants', async () => {
    assert.deepEqual(await refused(await ask('Patient', json('POST', broken)), 422), [invariant]);
    assert.deepEqual(await refused(await ask('Patient/a', json('PUT', { ...broken, id: 'a' })), 422), [invariant]);
    assert.equal((await ask('Patient/a', json('PUT', patient({ id: 'a' })))).status, 201);
  });
  test('so must what a patch makes', async () => {
    await ask('Patient/b', json('PUT', patient({ id: 'b' })));
    const patch = [{ op: 'add', path: '/contact', value: [{ gender: 'male' }] }];
    const init = json('PATCH', patch, { 'content-type': 'application/json-patch+json' });
    assert.deepEqual(await refused(await ask('Patient/b', init), 422), [invariant]);
  });
  test('what breaks the structure is a 400 as ever', async () => {
    assert.deepEqual(await refused(await ask('Patient', json('POST', patient({ gender: 'none' }))), 400), [
      'code-invalid Patient.gender',
    ]);
  });
  test('one entry that does not hold refuses a transaction, and itself in a batch', async () => {
    const entry = [patient({}), broken].map((resource) => ({ resource, request: { method: 'POST', url: 'Patient' } }));
    const place = 'invariant Bundle.entry[1].resource.contact[0]';
    const bundle = (type: string) => ask('', json('POST', { resourceType: 'Bundle', type, entry }));
    assert.deepEqual(await refused(await bundle('transaction'), 422), [place]);
    const { entry: answers } = (await (await bundle('batch')).json()) as {
      entry: { response: { status: string; outcome?: Outcome } }[];
    };
    assert.deepEqual(
      answers.map(({ response }) => response.status.slice(0, 3)),
      ['201', '422'],
    );
    assert.deepEqual(
      answers[1]?.response.outcome?.issue
        .filter(({ severity }) => severity === 'error')
        .map(({ code, expression }) => `${code} ${expression}`),
      [place],
    );
  });
  test('a profile that is claimed must be met once it is known; until then it is let be', async () => {
    const claiming = patient({ meta: { profile: [url] } });
    assert.equal((await ask('Patient', json('POST', claiming))).status, 201);
    assert.equal((await ask('StructureDefinition', json('POST', profile))).status, 201);
    let answer = await ask('Patient', json('POST', claiming));
    for (let n = 0; n < 100 && answer.status === 201; n++) {
      await new Promise((done) => setTimeout(done, 50));
      answer = await ask('Patient', json('POST', claiming));
    }
    assert.deepEqual(await refused(answer, 422), ['required Patient.name']);
    assert.equal((await ask('Patient', json('POST', { ...claiming, name: [{ text: 'x' }] }))).status, 201);
  });
  test('attack 69: a narrative that scripts is not stored', async () => {
    const div = '<div xmlns="http://www.w3.org/1999/xhtml"><a href="javascript:alert(1)">x</a></div>';
    const answer = await ask('Patient', json('POST', patient({ text: { ...text, div } })));
    assert.deepEqual(await refused(answer, 422), ['invariant Patient.text.div']);
  });
});

describe('validation of writes turned off', () => {
  let server: RunningServer;
  let token: string;
  before(async () => {
    server = await runningServer({ validation: 'off' });
    token = await server.token('system/*.cruds');
  });
  after(() => server.close());
  const ask = (path: string, init: RequestInit = {}) => server.ask(path, token, init);

  test('takes and finds what breaks the rules of its type', async () => {
    for (const members of [
      { gender: 'none', nothing: 1 },
      { name: 'x', birthDate: {}, identifier: [null, 1, { value: [] }], active: 'maybe', address: { city: 1 } },
      { name: [{ family: { a: 1 }, given: 'x' }], telecom: [[[{}]]], link: { other: 5 }, contained: 'x', extension: 7 },
      {
        managingOrganization: { reference: 5 },
        generalPractitioner: { reference: 'Practitioner/1' },
        deceasedDateTime: 'x',
      },
    ]) {
      const answer = await ask('Patient', json('POST', { resourceType: 'Patient', ...members }));
      const body = await answer.text();
      assert.equal(answer.status, 201, body);
      const { id } = JSON.parse(body) as { id: string };
      assert.equal((await ask(`Patient/${id}`)).status, 200);
      const { total } = (await (await ask(`Patient?_id=${id}&_total=accurate`)).json()) as { total: number };
      assert.equal(total, 1);
    }
  });
  test('a quantity, a period and a code of no right form are kept too', async () => {
    for (const members of [
      { valueQuantity: { value: 'x', code: 1 }, effectivePeriod: { start: 5 }, code: 'x', subject: 'Patient/1' },
      {
        code: { coding: { code: 'x' } },
        component: [5, { valueQuantity: [] }],
        effectiveDateTime: '2020-99-99',
        value: null,
      },
    ]) {
      assert.equal((await ask('Observation', json('POST', { resourceType: 'Observation', ...members }))).status, 201);
    }
  });
  test('still refuses what cannot be stored', async () => {
    const bodies = [
      '{',
      '[]',
      '"x"',
      '{}',
      '{"resourceType":"Thing"}',
      '{"resourceType":"Patient","meta":"x"}',
      '{"resourceType":"Patient","id":"a/b"}',
    ];
    const deep = `{"resourceType":"Patient","name":${'['.repeat(100)}${']'.repeat(100)}}`;
    for (const body of [...bodies, deep]) {
      assert.equal((await ask('Patient', { method: 'POST', body })).status, 400, body.slice(0, 60));
    }
  });
  test('$validate still tells what is wrong', async () => {
    const answer = await ask('Patient/$validate', json('POST', broken));
    assert.deepEqual(await refused(answer, 200), ['invariant Patient.contact[0]']);
  });
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let all: string;
before(async () => {
  server = await runningServer();
  all = await server.token('system/*.cruds');
  const resources = [
    { resourceType: 'Patient', id: 'zaphod', active: true, name: [{ family: 'Beeblebrox' }] },
    {
      resourceType: 'Observation',
      id: 'o',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: 'Patient/zaphod' },
    },
  ];
  for (const resource of resources) {
    const path = `${resource.resourceType}/${resource.id}`;
    const answer = await server.ask(path, all, { method: 'PUT', body: JSON.stringify(resource) });
    assert.equal(answer.status, 201, await answer.text());
  }
});
after(() => server.close());

type Part = { readonly name: string; readonly part?: readonly Part[]; readonly [member: string]: unknown };

async function explained(
  path: string,
  token = all,
  init: RequestInit = {},
): Promise<{ text: string; parts: readonly Part[] }> {
  const answer = await server.ask(path, token, init);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return { text, parts: JSON.parse(text).parameter };
}

const partsOf = (parts: readonly Part[], name: string) => parts.filter((one) => one.name === name);
const valuesOf = (parts: readonly Part[], outer: string, name: string, member: string) =>
  partsOf(parts, outer).flatMap(({ part = [] }) => partsOf(part, name).map((one) => one[member]));

test('$explain tells what was understood, the rule, the statements with their plans, and what they come to', async () => {
  const { parts, text } = await explained(
    'Observation/$explain?patient.family=beeble&_include=Observation:patient&_total=accurate',
  );
  assert.deepEqual(valuesOf(parts, 'query', 'criterion', 'valueString'), [
    'patient -> Patient (family: string starts, 1 value)',
  ]);
  assert.deepEqual(valuesOf(parts, 'query', 'include', 'valueString'), ['Observation:patient']);
  assert.deepEqual(valuesOf(parts, 'rule', 'type', 'valueCode'), ['Observation', 'Patient']);
  assert.deepEqual(valuesOf(parts, 'rule', 'opens', 'valueString'), ['*.cruds', '*.cruds']);
  assert.deepEqual(valuesOf(parts, 'result', 'matches', 'valueUnsignedInt'), [1]);
  assert.deepEqual(valuesOf(parts, 'result', 'included', 'valueUnsignedInt'), [1]);
  assert.deepEqual(valuesOf(parts, 'result', 'total', 'valueUnsignedInt'), [1]);
  const statements = valuesOf(parts, 'statement', 'sql', 'valueString');
  assert.ok(statements.length >= 3 && statements.every((sql) => /select.*\$1/.test(String(sql))));
  for (const plan of valuesOf(parts, 'statement', 'plan', 'valueString')) {
    assert.ok(JSON.parse(String(plan))['Node Type'] && 'Actual Rows' in JSON.parse(String(plan)));
  }
  assert.doesNotMatch(text, /beeble|zaphod/i, 'neither a value that was searched nor one that was found is told');
  assert.doesNotMatch(text, /"Filter|Cond\\"|Output/, 'conditions hold values');
});

test('$explain tells what was passed over under lenient handling', async () => {
  const { parts } = await explained('Patient/$explain?nam=x', all, { headers: { prefer: 'handling=lenient' } });
  assert.deepEqual(valuesOf(parts, 'query', 'ignored', 'valueString'), ['nam']);
});

test('$explain takes the parameters of a search in a POST as well', async () => {
  const body = JSON.stringify({
    resourceType: 'Parameters',
    parameter: [{ name: 'family', valueString: 'Beeblebrox' }],
  });
  const { parts } = await explained('Patient/$explain', all, { method: 'POST', body });
  assert.deepEqual(valuesOf(parts, 'query', 'criterion', 'valueString'), ['family: string starts, 1 value']);
});

for (const [scope, path, expected] of [
  ['system/Patient.rs', 'Observation/$explain', /system\/Observation\.s/],
  ['system/Observation.rs?status=final', 'Observation/$explain', /system\/Observation\.s/],
  [
    'system/Observation.rs system/Patient.rs?active=true',
    'Observation/$explain?patient.family=x',
    /system\/Patient\.s/,
  ],
  [
    'system/Observation.rs system/Patient.rs?active=true',
    'Observation/$explain?_include=Observation:subject',
    /system\/Patient\.s/,
  ],
  ['system/Observation.rs system/Patient.r', 'Observation/$explain?_include=*', /system\/Patient\.s/],
  [
    'system/Patient.rs system/Observation.rs?status=final',
    'Patient/$explain?_revinclude=Observation:subject',
    /system\/Observation\.s/,
  ],
] as const) {
  test(`Under ${scope} GET ${path} would count what is hidden, and is refused`, async () => {
    const answer = await server.ask(path, await server.token(scope));
    assert.equal(answer.status, 403);
    assert.match(await answer.text(), expected);
  });
}

test('A type that is not open at all is no part of the search, and is told as that', async () => {
  const token = await server.token('system/Observation.rs');
  const { parts } = await explained('Observation/$explain?patient.family=beeble', token);
  assert.deepEqual(valuesOf(parts, 'rule', 'opens', 'valueString'), ['Observation.rs', 'not open: none of it is seen']);
  assert.deepEqual(valuesOf(parts, 'result', 'matches', 'valueUnsignedInt'), [0]);
});

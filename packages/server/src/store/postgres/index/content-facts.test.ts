import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Resource, r4Conformance } from '@chartgate/fhir';
import { factsOf } from './content-facts.ts';

const base = 'https://chart.example/apis/default/fhir';
const conformance = { ...r4Conformance };
const observation: Resource = {
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  subject: { reference: `${base}/Patient/1` },
  performer: [{ reference: `${base}/Practitioner/2/_history/3` }, { reference: `${base}x/Practitioner/4` }],
};

function pointers(facts: ReturnType<typeof factsOf>) {
  return facts.values.flatMap((value) => {
    if (value.kind !== 'reference') return [];
    const version = value.version === undefined ? '' : `/_history/${value.version}`;
    return [`${value.parameter} ${value.url ?? `${value.type}/${value.id}${version}`}`];
  });
}

test("An absolute reference below the site's own base is one to a resource here, in the compartments too", () => {
  const facts = factsOf({ conformance, base }, observation, 'o');
  assert.deepEqual(pointers(facts), [
    'patient Patient/1',
    'performer Practitioner/2/_history/3',
    `performer ${base}x/Practitioner/4`,
    'subject Patient/1',
  ]);
  assert.deepEqual(facts.compartments, [{ type: 'Patient', id: '1' }]);
});

test('Where no base is known an absolute reference stays one', () => {
  const facts = factsOf({ conformance }, observation, 'o');
  assert.ok(pointers(facts).includes(`subject ${base}/Patient/1`));
});

test('In a composite a reference below the own base is local as well', () => {
  const document: Resource = {
    resourceType: 'DocumentReference',
    relatesTo: [{ code: 'replaces', target: { reference: `${base}/DocumentReference/1` } }],
  };
  const [pair] = factsOf({ conformance, base }, document, 'd').values.filter(({ kind }) => kind === 'composite');
  assert.ok(pair?.kind === 'composite');
  assert.deepEqual(pair.parts[1], [{ kind: 'reference', parameter: 'relatesto', type: 'DocumentReference', id: '1' }]);
});

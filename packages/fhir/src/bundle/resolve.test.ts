import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FhirError } from '../outcome/fhir-error.ts';
import type { BundleEntry } from './entry.ts';
import { parseBundle } from './parse.ts';
import { conditionalReferences, type Resolution, resolveReferences } from './resolve.ts';

const transaction = (
  ...resources: { fullUrl?: string; resource: { resourceType: string; [member: string]: unknown } }[]
) => {
  const entry = resources.map((e) => ({ ...e, request: { method: 'POST', url: e.resource.resourceType } }));
  const { entries } = parseBundle(JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }));
  return entries as readonly BundleEntry[];
};

const observation = (reference: string, fullUrl = 'urn:uuid:o') => ({
  fullUrl,
  resource: { resourceType: 'Observation', subject: { reference } },
});

/** What becomes of a reference in the second entry when the first is a Patient that becomes Patient/new. */
const resolved = (patientUrl: string, reference: string, fullUrl?: string) => {
  const entries = transaction(
    { fullUrl: patientUrl, resource: { resourceType: 'Patient' } },
    observation(reference, fullUrl),
  );
  const assigned = new Map([
    [0, 'Patient/new'],
    [1, 'Observation/new'],
  ]);
  const content = resolveReferences(entries, { assigned, versions: new Map([[0, '1']]) })[1]?.content;
  assert.ok(content);
  assert.deepEqual(content.resource, JSON.parse(content.text));
  return (content.resource.subject as { reference: string }).reference;
};

const base = 'http://a.example/fhir';

for (const [name, patientUrl, reference, expected, own] of [
  ['a urn:uuid', 'urn:uuid:p', 'urn:uuid:p', 'Patient/new'],
  ['a urn:uuid with a fragment', 'urn:uuid:p', 'urn:uuid:p#part', 'Patient/new#part'],
  ['an absolute URL', `${base}/Patient/1`, `${base}/Patient/1`, 'Patient/new'],
  [
    'a relative reference below the root of its own entry',
    `${base}/Patient/1`,
    'Patient/1',
    'Patient/new',
    `${base}/Observation/1`,
  ],
  ['a relative reference of an entry without a root', `${base}/Patient/1`, 'Patient/1', 'Patient/1'],
  [
    'a relative reference below another root',
    `${base}/Patient/1`,
    'Patient/1',
    'Patient/1',
    'http://b.example/Observation/1',
  ],
  ['a reference to nothing in the bundle', `${base}/Patient/1`, 'Patient/2', 'Patient/2', `${base}/Observation/1`],
  ['a contained resource', 'urn:uuid:p', '#p', '#p'],
  ['a version', `${base}/Patient/1`, `${base}/Patient/1/_history/4`, 'Patient/new/_history/1'],
  ['a version with a fragment', 'urn:uuid:p', 'urn:uuid:p/_history/4#x', 'Patient/new/_history/1#x'],
] as const) {
  test(`${name}: ${reference} becomes ${expected}`, () => assert.equal(resolved(patientUrl, reference, own), expected));
}

test('a version of which nothing is known is left out', () => {
  const entries = transaction(
    { fullUrl: 'urn:uuid:p', resource: { resourceType: 'Patient' } },
    observation('urn:uuid:p/_history/4'),
  );
  const [, second] = resolveReferences(entries, { assigned: new Map([[0, 'Patient/new']]) });
  assert.deepEqual(second?.content?.resource.subject, { reference: 'Patient/new' });
});

test('references are resolved in either direction and in circles', () => {
  const entries = transaction(
    { fullUrl: 'urn:uuid:1', resource: { resourceType: 'Patient', link: [{ other: { reference: 'urn:uuid:2' } }] } },
    { fullUrl: 'urn:uuid:2', resource: { resourceType: 'Patient', link: [{ other: { reference: 'urn:uuid:1' } }] } },
  );
  const texts = resolveReferences(entries, {
    assigned: new Map([
      [0, 'Patient/a'],
      [1, 'Patient/b'],
    ]),
  });
  assert.match(texts[0]?.content?.text ?? '', /"Patient\/b"/);
  assert.match(texts[1]?.content?.text ?? '', /"Patient\/a"/);
});

const refusal = (entries: readonly BundleEntry[], resolution: Resolution): FhirError => {
  try {
    resolveReferences(entries, resolution);
  } catch (error) {
    assert.ok(error instanceof FhirError, String(error));
    return error;
  }
  throw new Error('not refused');
};

test('a urn:uuid that no entry has is refused, each entry named once', () => {
  const entries = transaction(observation('urn:uuid:x'), observation('Patient/1', 'urn:uuid:2'), {
    resource: { resourceType: 'Observation', a: { reference: 'urn:uuid:y' }, b: { reference: 'urn:oid:1.2' } },
  });
  const error = refusal(entries, { assigned: new Map() });
  assert.equal(error.status, 400);
  assert.deepEqual(
    error.issues.map((issue) => issue.expression),
    [['Bundle.entry[0].resource'], ['Bundle.entry[2].resource']],
  );
});

test('conditional references are listed once and resolved in the same pass', () => {
  const reference = 'Patient?identifier=http://x.example|1';
  const entries = transaction(
    observation(reference),
    observation(reference, 'urn:uuid:2'),
    observation('Patient/1', 'urn:uuid:3'),
  );
  assert.deepEqual(conditionalReferences(entries), [
    { reference, type: 'Patient', query: 'identifier=http://x.example|1', entries: [0, 1] },
  ]);
  const [first] = resolveReferences(entries, { assigned: new Map(), conditional: new Map([[reference, 'Patient/7']]) });
  assert.deepEqual(first?.content?.resource.subject, { reference: 'Patient/7' });
});

test('a Bundle inside of the transaction keeps its own links', () => {
  const inner = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ resource: { subject: { reference: 'urn:uuid:inner' } } }],
  };
  const entries = transaction({ resource: inner });
  assert.equal(resolveReferences(entries, { assigned: new Map() })[0]?.content, entries[0]?.content);
});

test('a canonical URL that is also a fullUrl keeps naming the definition', () => {
  const url = `${base}/ValueSet/1`;
  const entries = transaction(
    { fullUrl: url, resource: { resourceType: 'ValueSet', url } },
    { resource: { resourceType: 'Observation', extension: [{ url }], focus: [{ reference: url }] } },
  );
  const [set, observed] = resolveReferences(entries, { assigned: new Map([[0, 'ValueSet/new']]) });
  assert.equal(set?.content?.resource.url, url);
  assert.deepEqual(observed?.content?.resource.extension, [{ url }]);
  assert.deepEqual(observed?.content?.resource.focus, [{ reference: 'ValueSet/new' }]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseResource } from '../json/content.ts';
import { specifyVersions, versionSpecificReferences } from './version-specific.ts';

const url = 'http://hl7.org/fhir/StructureDefinition/resolve-as-version-specific';
const flagged = (reference: string, valueBoolean = true) => ({ extension: [{ url, valueBoolean }], reference });

const content = parseResource(
  JSON.stringify({
    resourceType: 'Provenance',
    target: [flagged('Patient/1'), { reference: 'Patient/1' }, flagged('Patient/2', false)],
    agent: [{ who: flagged('Practitioner/3'), onBehalfOf: flagged('Practitioner/3/_history/1') }],
  }),
);

test('the references that ask for a version are those with the extension, unversioned and local', () => {
  assert.deepEqual(versionSpecificReferences(content), ['Patient/1', 'Practitioner/3']);
});

test('they alone get the version, in text and object', () => {
  const specified = specifyVersions(content, new Map([['Patient/1', '4']]));
  assert.deepEqual(JSON.parse(specified.text), specified.resource);
  const [first, second] = specified.resource.target as { reference: string }[];
  assert.equal(first?.reference, 'Patient/1/_history/4');
  assert.equal(second?.reference, 'Patient/1');
  assert.equal(specifyVersions(content, new Map()), content);
});

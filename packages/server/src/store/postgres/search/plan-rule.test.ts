import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Resource } from '@chartgate/fhir';
import { patients, supportingBundle } from '@chartgate/synth';
import { now, permitted, testChart } from './chart.testing.ts';
import { explaining } from './explaining.testing.ts';
import { search } from './search.ts';

/** Searches under the rule of a patient's token: the rule itself goes by an index, whatever else is asked. */

const chart = await testChart();
after(chart.drop);

const resources: Resource[] = [supportingBundle({ seed: 5 }), ...patients({ seed: 5, count: 60 })].flatMap(
  ({ entry }) =>
    entry.map(({ resource, fullUrl }) => ({ ...resource, id: resource.id ?? fullUrl.slice('urn:uuid:'.length) })),
);
const ids = resources.flatMap(({ resourceType, id = '' }) => (resourceType === 'Patient' ? [id] : []));
const [patient = '', ...others] = ids;

before(async () => {
  await chart.put(resources, (i) => now + i);
  await chart.analyze();
});

const rate = 'code=http://loinc.org|8867-4';
const family = {
  reference: `Patient/${patient}`,
  opens: 'patients',
  patients: [patient, ...others.slice(0, 2)],
} as const;
const panel = { reference: 'Practitioner/p', opens: 'patients', patients: ids.slice(0, 40) } as const;

for (const [who, scope, token] of [
  ['a patient', 'patient/*.rs', { patient }],
  ['a guardian of three', 'user/*.rs', { user: family }],
  ['a practitioner with a panel', 'user/*.rs', { user: panel }],
] as const) {
  for (const [type, text] of [
    ['Observation', ''],
    ['Observation', rate],
    ['Observation', `${rate}&_sort=-date`],
    ['Observation', 'category=laboratory&_sort=-date&_count=5'],
    ['Observation', `${rate}&value-quantity=gt90`],
    ['Observation', 'date=ge2020&_total=accurate'],
    ['Observation', '_sort=-_lastUpdated'],
    ['Observation', '_summary=count'],
    ['Observation', 'patient.name=jo'],
    ['Condition', '_revinclude=Provenance:target'],
    ['MedicationRequest', '_include=MedicationRequest:medication'],
    ['Patient', 'name=jo'],
    ['Patient', '_sort=family'],
    ['Patient', '_has:Condition:patient:code=38341003'],
    ['Provenance', ''],
    ['Device', ''],
  ] as const) {
    test(`Under the rule of ${who}, ${type}?${text} reads no table from one end to the other`, async () => {
      const { connection, readThrough } = explaining(chart.database);
      await search(connection, chart.site, permitted(type, text, { scope, who: token }));
      assert.deepEqual(readThrough, []);
    });
  }
}

test('A code is not looked for along the list of everybody’s where the rule leaves few rows', async () => {
  const { connection, readRows } = explaining(chart.database);
  await search(connection, chart.site, permitted('Observation', rate, { scope: 'patient/*.rs', who: { patient } }));
  const own = await chart.page('Observation', '_summary=count', { scope: 'patient/*.rs', who: { patient } });
  const all = await chart.page('Observation', '_summary=count');
  assert.ok(readRows() <= 2 * (own.total ?? 0), `${readRows()} rows were looked at for ${own.total} of ${all.total}`);
});

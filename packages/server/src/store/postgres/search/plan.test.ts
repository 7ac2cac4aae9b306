import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Resource } from '@chartgate/fhir';
import { patients, supportingBundle } from '@chartgate/synth';
import { table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { now, permitted, permittedSystem, testChart } from './chart.testing.ts';
import { explaining } from './explaining.testing.ts';
import { search } from './search.ts';
import { searchSystem } from './search-system.ts';

const chart = await testChart();
after(chart.drop);

const resources: Resource[] = [supportingBundle({ seed: 5 }), ...patients({ seed: 5, count: 170 })].flatMap(
  ({ entry }) =>
    entry.map(({ resource, fullUrl }) => ({ ...resource, id: resource.id ?? fullUrl.slice('urn:uuid:'.length) })),
);
const patient = resources.find(({ resourceType }) => resourceType === 'Patient');
const [identifier] = (patient?.identifier ?? []) as { system?: string; value?: string }[];

before(async () => {
  await chart.put(resources, (i) => now + i);
  await chart.analyze();
});

const rate = 'code=http://loinc.org|8867-4';

for (const [what, type, text] of [
  [
    'the laboratory results of a patient, newest first',
    'Observation',
    `patient=${patient?.id}&category=laboratory&_sort=-date`,
  ],
  ['values beyond a bound', 'Observation', `${rate}&value-quantity=gt90`],
  ['values beyond a bound, newest first', 'Observation', `${rate}&value-quantity=gt90&_sort=-date`],
  ['the start of a name', 'Patient', 'name=jo'],
  ['a range of birth dates', 'Patient', 'birthdate=ge1970-01-01&birthdate=lt1972'],
  ['an identifier', 'Patient', `identifier=${identifier?.system}|${identifier?.value}`],
  ['a chain', 'Observation', `patient.name=jo&${rate}`],
  ['what points at a match', 'Patient', `_id=${patient?.id}&_revinclude=Encounter:patient`],
  ['what a match points at', 'Observation', `${rate}&_include=Observation:patient`],
  ['_has', 'Patient', '_has:Condition:patient:code=38341003'],
  ['a chain of two links', 'Observation', `patient.general-practitioner:Practitioner.family=a&${rate}`],
  ['_has behind _has', 'Practitioner', '_has:Patient:general-practitioner:_has:Condition:patient:code=38341003'],
  ['a chain inside of _has', 'Patient', '_has:Observation:patient:encounter:Encounter.class=IMP&family=jo'],
  ['the members of a list', 'Observation', '_list=nothing'],
  ['everything that points at a match', 'Patient', `_id=${patient?.id}&_revinclude=*`],
  ['everything that a match points at', 'Observation', `${rate}&_count=10&_include=*`],
  [
    'what is included again',
    'Observation',
    `${rate}&_count=10&_include=Observation:encounter&_include:iterate=Encounter:participant`,
  ],
  ['a canonical reference', 'QuestionnaireResponse', 'questionnaire.title=x'],
  ['a count by code', 'Observation', `${rate}&_summary=count`],
  ['a count of a patient', 'Observation', `patient=${patient?.id}&_summary=count`],
  ['a code, newest first', 'Observation', `${rate}&_sort=-date`],
  ['a code', 'Observation', rate],
  ['the latest', 'Observation', '_sort=-_lastUpdated'],
  ['by id', 'Patient', '_sort=_id&_count=10'],
  ['what is not over yet', 'Observation', 'date=ge2090'],
  ['a code with its value', 'Observation', `code-value-quantity=${rate.slice(5)}$gt90`],
  ['a value in another unit', 'Observation', 'value-quantity=gt1000|http://unitsofmeasure.org|/h'],
  [
    'a code with a value in another unit',
    'Observation',
    `code-value-quantity=${rate.slice(5)}$gt6000|http://unitsofmeasure.org|/h`,
  ],
  ['a code with a concept', 'Observation', 'code-value-concept=72166-2$266919005'],
  ['words anywhere', 'Observation', '_content=heart+rate'],
  ['words of the narrative', 'Patient', '_text=nobody'],
  ['what a code is called', 'Condition', 'code:text=hypert'],
  ['a part of a name', 'Patient', 'name:contains=ohn'],
  ['what lies in a place', 'ValueSet', 'url:below=http://a.example'],
  ['a type of identifier', 'Patient', 'identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|1'],
  ['what is near', 'Location', 'near=42|-71|10|km'],
  ['a rare reference, newest first', 'Observation', 'performer=Practitioner/nobody&_sort=-date'],
] as const) {
  test(`A search by ${what} reads no table from one end to the other`, async () => {
    const { connection, readThrough } = explaining(chart.database);
    await search(connection, chart.site, permitted(type, text));
    assert.deepEqual(readThrough, []);
  });
}

for (const [what, text, asking] of [
  ['the whole system', '_count=20', {}],
  ['the whole system, newest first', '_sort=-_lastUpdated&_count=20', {}],
  ['types by a patient', `_type=Observation,Condition,Encounter&patient=${patient?.id}&_total=accurate`, {}],
  ['a compartment', '_count=20&_total=accurate', { compartment: { type: 'Patient', id: patient?.id ?? '' } }],
  ['a compartment of another kind', '', { compartment: { type: 'Practitioner', id: 'nobody' } }],
] as const) {
  test(`A search of ${what} reads no table from one end to the other`, async () => {
    const { connection, readThrough } = explaining(chart.database);
    await searchSystem(connection, chart.site, permittedSystem(text, asking));
    assert.deepEqual(readThrough, []);
  });
}

test('A code is walked along its list alone: the rows that it finds are not looked at', async () => {
  const { connection, readRows } = explaining(chart.database);
  await search(connection, chart.site, permitted('Observation', `${rate}&_count=20`));
  assert.equal(readRows(), 21);
});

test('What points at a match is found by its terms, and not among all of its type', async () => {
  const { connection, combined } = explaining(chart.database);
  await search(connection, chart.site, permitted('Patient', '_has:Condition:patient:code=59621000'));
  await search(connection, chart.site, permitted('Patient', '_has:Observation:patient:code=8867-4'));
  assert.equal(combined(), 0);
});

test('A statement that no index serves is seen to read a table from one end to the other', async () => {
  const { connection, readThrough } = explaining(chart.database);
  await connection.query(sql`select count(*) from ${table(chart.site, 'sx')} where d_hi = 1`);
  assert.deepEqual(readThrough, ['sx']);
});

test('An estimated total beyond what is quickly counted is of the right size', async () => {
  const exact = (await chart.page('Observation', '_summary=count')).total ?? 0;
  const estimate = (await chart.page('Observation', '_total=estimate')).total ?? 0;
  assert.ok(exact > 10_000, 'there are too few to estimate');
  assert.ok(Math.abs(estimate - exact) < exact / 10);
});

test('A chain to a good part of all patients finds what a look at each observation finds', async () => {
  const women = resources.filter(({ resourceType, gender }) => resourceType === 'Patient' && gender === 'female');
  const references = new Set(women.map(({ id }) => `Patient/${id}`));
  assert.ok(women.length > 64);
  const expected = resources.filter(
    ({ resourceType, subject }) =>
      resourceType === 'Observation' && references.has((subject as { reference: string }).reference),
  );
  const found = await chart.findAll('Observation', 'patient.gender=female&_count=1000');
  assert.deepEqual(found.sort(), expected.map(({ id }) => id).sort());
});

test('A chain finds the same from few far rows, from many, and from a good part of them all', async () => {
  const crowd = Array.from({ length: 2400 }, (_, i): Resource => {
    const family = i % 24 === 0 ? 'Sparse' : 'Dense';
    return { resourceType: 'Patient', id: `crowd${i}`, name: [{ family, given: [i === 3 ? 'Single' : 'Any'] }] };
  });
  const seen = crowd.slice(0, 480).map(
    ({ id }, i): Resource => ({
      resourceType: 'Observation',
      id: `seen${i}`,
      status: 'final',
      code: { coding: [{ code: 'crowd' }] },
      subject: { reference: `Patient/${id}` },
    }),
  );
  await chart.put([...crowd, ...seen]);
  const found = async (text: string) => (await chart.findAll('Observation', `${text}&_count=100`)).length;
  assert.equal(await found('patient.family=sparse'), 20);
  assert.equal(await found('patient.family=dense'), 460);
  assert.equal(await found('patient.given=single'), 1);
  assert.equal(await found('patient.name=any,nobody&code=crowd'), 479);
  const sparse = await chart.findAll('Observation', 'patient.family=sparse&_sort=-_lastUpdated&_count=7');
  assert.equal(new Set(sparse).size, 20);
});

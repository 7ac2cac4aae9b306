import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Resource } from '@chartgate/fhir';
import { now, testChart } from './chart.testing.ts';

const chart = await testChart();
after(chart.drop);

const loinc = 'http://loinc.org';
const ucum = 'http://unitsofmeasure.org';
const day = 86_400_000;

const observation = (id: string, members: object): Resource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: loinc, code: '1-1' }] },
  ...members,
});
const mg = (value: number) => ({ value, unit: 'mg per dl', system: ucum, code: 'mg/dL' });

await chart.put(
  [
    {
      resourceType: 'Patient',
      id: 'ann',
      birthDate: '1980-02-03',
      gender: 'female',
      name: [{ family: 'Müller', given: ['Ann', 'Zoë'] }],
      identifier: [{ system: 'urn:mrn', value: '7' }],
      generalPractitioner: [{ reference: 'Practitioner/p' }],
      address: [{ city: '100%_\\sure' }],
    },
    {
      resourceType: 'Patient',
      id: 'bob',
      birthDate: '1990',
      name: [{ family: 'mullberry' }],
      identifier: [{ value: '7' }, { system: 'urn:mrn', value: '8' }],
      deceasedDateTime: '2021-05-01T10:00:00Z',
      address: [{ city: '100 sure' }],
    },
    { resourceType: 'Patient', id: 'cem', gender: 'male', name: [{ family: 'Nul' }] },
    { resourceType: 'Practitioner', id: 'p', name: [{ family: 'House' }] },
    { resourceType: 'Organization', id: 'org', name: 'Clinic' },
    observation('o1', {
      subject: { reference: 'Patient/ann' },
      effectiveDateTime: '2020-03-10',
      valueQuantity: mg(5.4),
      performer: [{ identifier: { system: 'urn:npi', value: '9' } }],
    }),
    observation('o2', {
      subject: { reference: 'Patient/bob' },
      effectivePeriod: { start: '2020-03-01', end: '2020-03-31' },
      valueQuantity: mg(6),
      performer: [{ reference: 'https://elsewhere.example/Practitioner/p' }],
    }),
    observation('o3', {
      subject: { reference: 'Patient/bob' },
      status: 'amended',
      code: { coding: [{ code: '1-1' }, { system: 'urn:own', code: 'x' }] },
      effectivePeriod: { start: '2020-03-20' },
      valueQuantity: { value: 5.4, unit: 'mmol' },
    }),
    observation('o4', { code: { text: 'uncoded' }, performer: [{ reference: 'Organization/org' }] }),
    { resourceType: 'ValueSet', id: 'v1', status: 'active', url: 'http://example.org/vs/1' },
    { resourceType: 'ValueSet', id: 'v2', status: 'draft', url: 'http://example.org/vs' },
    {
      resourceType: 'RiskAssessment',
      id: 'r1',
      status: 'final',
      subject: { reference: 'Patient/ann' },
      prediction: [{ probabilityDecimal: 0.25 }, { probabilityDecimal: 0.75 }],
    },
    {
      resourceType: 'RiskAssessment',
      id: 'r2',
      status: 'final',
      subject: { reference: 'Patient/bob' },
      prediction: [{ probabilityRange: { low: { value: 0.3 }, high: { value: 0.6 } } }],
    },
  ],
  (i) => now - i * day,
);

for (const [search, expected] of [
  // token
  [`Observation?code=1-1`, 'o1 o2 o3'],
  [`Observation?code=${loinc}|1-1`, 'o1 o2'],
  ['Observation?code=|1-1', 'o3'],
  [`Observation?code=${loinc}|`, 'o1 o2'],
  ['Observation?code=urn:own|,nothing', 'o3'],
  ['Observation?code=x,1-1', 'o1 o2 o3'],
  ['Observation?code=x&code=1-1', 'o3'],
  ['Observation?code:not=x', 'o1 o2 o4'],
  ['Observation?code:not=x,1-1', 'o4'],
  ['Observation?status=final&code:not=1-1', 'o4'],
  ['Patient?gender=female,male', 'ann cem'],
  ['Patient?gender:not=female', 'bob cem'],
  // identifier
  ['Patient?identifier=7', 'ann bob'],
  ['Patient?identifier=urn:mrn|7', 'ann'],
  ['Patient?identifier=|7', 'bob'],
  ['Patient?identifier=urn:mrn|', 'ann bob'],
  ['Patient?identifier=urn:mrn|8,|7,urn:other|', 'bob'],
  ['Patient?identifier:not=urn:mrn|7', 'bob cem'],
  ['Patient?identifier:not=urn:mrn|', 'cem'],
  // missing
  ['Observation?date:missing=true', 'o4'],
  ['Observation?date:missing=false', 'o1 o2 o3'],
  ['Patient?identifier:missing=true', 'cem'],
  ['Patient?death-date:missing=false', 'bob'],
  // reference
  ['Observation?subject=Patient/bob', 'o2 o3'],
  ['Observation?subject=bob,ann', 'o1 o2 o3'],
  ['Observation?patient=bob', 'o2 o3'],
  ['Observation?performer=Organization/org', 'o4'],
  ['Observation?performer=https://elsewhere.example/Practitioner/p', 'o2'],
  ['Observation?performer:identifier=urn:npi|9', 'o1'],
  ['Observation?performer:identifier=9,x', 'o1'],
  ['Observation?performer:identifier=|9', ''],
  ['Observation?performer=Practitioner/p', ''],
  ['Patient?general-practitioner=p', 'ann'],
  // string
  ['Patient?family=mul', 'ann bob'],
  ['Patient?family=MÜLL', 'ann bob'],
  ['Patient?family=mull,nu', 'ann bob cem'],
  ['Patient?name=zoe', 'ann'],
  ['Patient?family=ull', ''],
  ['Patient?family:contains=ULL', 'ann bob'],
  ['Patient?family:contains=%', ''],
  ['Patient?family:exact=Müller', 'ann'],
  ['Patient?family:exact=müller', ''],
  ['Patient?address-city:contains=0%25_', 'ann'],
  ['Patient?address-city:contains=_', 'ann'],
  ['Patient?address-city:contains=\\\\s', 'ann'],
  ['Patient?address-city=100', 'ann bob'],
  [`Patient?family=${encodeURIComponent('mul\0')}`, ''],
  [`Patient?family=${'m'.repeat(300)}`, ''],
  // the clinical date: o1 is a day, o2 a month, o3 open at its end
  ['Observation?date=2020-03', 'o1 o2'],
  ['Observation?date=2020-03-10', 'o1'],
  ['Observation?date=ne2020-03', 'o3'],
  ['Observation?date=gt2020-03-10', 'o2 o3'],
  ['Observation?date=gt2025', 'o3'],
  ['Observation?date=ge2020-03-10', 'o1 o2 o3'],
  ['Observation?date=ge2020-03-31T12:00:00Z', 'o2 o3'],
  ['Observation?date=lt2020-03-10', 'o2'],
  ['Observation?date=le2020-03-10', 'o1 o2'],
  ['Observation?date=sa2020-03-09', 'o1 o3'],
  ['Observation?date=eb2020-03-11', 'o1'],
  ['Observation?date=eb2020-04-01', 'o1 o2'],
  ['Observation?date=ap2020-03-10', 'o1 o2 o3'],
  ['Observation?date=ge2020-03-02&date=le2020-03-15', 'o1 o2'],
  ['Observation?date=2020-03-10,gt2025', 'o1 o3'],
  ['Patient?birthdate=1980', 'ann'],
  ['Patient?birthdate=ge1985', 'bob'],
  // a date in a table of its own
  ['Patient?death-date=2021-05-01', 'bob'],
  ['Patient?death-date=gt2021-05-01', ''],
  ['Patient?death-date=ge2021-05-01', 'bob'],
  ['Patient?death-date=ne2021-05-02', 'bob'],
  ['Patient?death-date=lt2021-06', 'bob'],
  // quantity and number
  ['Observation?value-quantity=5.4', 'o1 o3'],
  ['Observation?value-quantity=5', 'o1 o3'],
  ['Observation?value-quantity=5.40', 'o1 o3'],
  ['Observation?value-quantity=5.41', ''],
  [`Observation?value-quantity=5.4|${ucum}|mg/dL`, 'o1'],
  ['Observation?value-quantity=5.4||mmol', 'o3'],
  ['Observation?value-quantity=gt1||mg per dl', 'o1 o2'],
  ['Observation?value-quantity=gt5.4', 'o2'],
  ['Observation?value-quantity=ge5.4||mg/dL', 'o1 o2'],
  ['Observation?value-quantity=lt6', 'o1 o3'],
  ['Observation?value-quantity=le6', 'o1 o2 o3'],
  ['Observation?value-quantity=ne5.4', 'o2'],
  ['Observation?value-quantity=sa5.4', 'o2'],
  ['Observation?value-quantity=eb6', 'o1 o3'],
  ['Observation?value-quantity=ap5.5', 'o1 o2 o3'],
  ['RiskAssessment?probability=0.25', 'r1'],
  ['RiskAssessment?probability=gt0.5', 'r1 r2'],
  ['RiskAssessment?probability=ge0.6', 'r1 r2'],
  ['RiskAssessment?probability=gt0.6', 'r1'],
  ['RiskAssessment?probability=lt0.3', 'r1'],
  ['RiskAssessment?probability=sa0.3', 'r1'],
  ['RiskAssessment?probability=eb0.7', 'r1 r2'],
  ['RiskAssessment?probability=ap0.65', 'r2'],
  // uri, id, lastUpdated (each resource a day before the one put before it)
  ['ValueSet?url=http://example.org/vs', 'v2'],
  ['ValueSet?url=http://example.org/vs,http://example.org/vs/1', 'v1 v2'],
  ['Patient?_id=ann,cem,nobody', 'ann cem'],
  ['Patient?_lastUpdated=2026-06-01', 'ann'],
  ['Patient?_lastUpdated=ge2026-05-31', 'ann bob'],
  ['Patient?_lastUpdated=lt2026-05-31', 'cem'],
  ['Patient?_lastUpdated=ne2026-05-31', 'ann cem'],
  ['Patient?_lastUpdated=le2026-05-31', 'bob cem'],
  ['Patient?_lastUpdated=gt2026-05-31', 'ann'],
  // chain and _has
  ['Observation?patient.family=mul', 'o1 o2 o3'],
  ['Observation?subject:Patient.birthdate=1980', 'o1'],
  ['Observation?subject.identifier=urn:mrn|8', 'o2 o3'],
  ['Observation?performer.name=clinic', 'o4'],
  ['Observation?performer:Practitioner.name=house', ''],
  ['Observation?patient.gender:not=female', 'o2 o3'],
  ['Patient?_has:Observation:patient:status=amended', 'bob'],
  ['Patient?_has:Observation:patient:code=1-1', 'ann bob'],
  ['Patient?_has:Observation:patient:date=gt2025', 'bob'],
  ['Organization?_has:Observation:performer:code:not=1-1', 'org'],
  ['Patient?_has:Observation:patient:code=1-1&gender=female', 'ann'],
  ['Patient?_has:RiskAssessment:subject:probability=gt0.7&_id=ann,bob', 'ann'],
] as const) {
  test(`${search.slice(0, 100)} finds ${expected || 'nothing'}`, async () => {
    const [type = '', text = ''] = search.split('?');
    assert.equal((await chart.findAll(type, text)).sort().join(' '), expected);
    assert.equal((await chart.page(type, `${text}&_summary=count`)).total, expected.split(' ').filter(Boolean).length);
  });
}

test('A deleted resource is found by nothing, and neither what it points at nor what points at it', async () => {
  await chart.put([{ resourceType: 'Patient', id: 'gone', name: [{ family: 'Gone' }] }]);
  await chart.put([
    observation('lost', { subject: { reference: 'Patient/gone' }, performer: [{ reference: 'Practitioner/p' }] }),
  ]);
  assert.deepEqual(await chart.find('Observation', 'patient.family=gone'), ['lost']);
  await chart.remove('Patient', 'gone');
  assert.deepEqual(await chart.find('Patient', 'family=gone'), []);
  assert.deepEqual(await chart.find('Patient', '_id=gone'), []);
  assert.deepEqual(await chart.find('Observation', 'patient.family=gone'), []);
  assert.deepEqual((await chart.page('Observation', '_id=lost&_include=Observation:patient')).included, []);
  assert.deepEqual(await chart.find('Practitioner', '_has:Observation:performer:patient=gone'), ['p']);
  await chart.remove('Observation', 'lost');
  assert.deepEqual(await chart.find('Practitioner', '_has:Observation:performer:patient=gone'), []);
  assert.deepEqual((await chart.page('Practitioner', '_revinclude=Observation:performer')).included, []);
});

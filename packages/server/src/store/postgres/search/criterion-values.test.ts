import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Resource } from '@chartgate/fhir';
import { sql } from '../database/sql.ts';
import { now, testChart } from './chart.testing.ts';
import { words } from './random.testing.ts';

const chart = await testChart();
after(chart.drop);

const loinc = 'http://loinc.org';
const ucum = 'http://unitsofmeasure.org';
const concept = (code: string, display?: string, system = loinc) => ({
  coding: [{ system, code, ...(display && { display }) }],
});
const amount = (value: number, code: string) => ({ value, unit: code, system: ucum, code });
const observation = (id: string, code: object, members: object): Resource => ({
  ...{ resourceType: 'Observation', id, status: 'final', code },
  ...members,
});

await chart.put(
  [
    observation('mg', concept('glu', 'Blood glucose, fasting'), { valueQuantity: amount(5.4, 'mg/dL') }),
    observation('g', concept('glu', 'Glucose'), { valueQuantity: amount(0.054, 'g/L') }),
    observation('mol', concept('glu'), { valueQuantity: amount(5.4, 'mmol/L') }),
    observation('warm', concept('temp'), { valueQuantity: amount(98.6, '[degF]') }),
    observation('odd', concept('odd'), { valueQuantity: { value: 5.4, system: ucum, code: 'furlongs' } }),
    observation('bp', concept('bp'), {
      component: [
        { code: concept('sys'), valueQuantity: amount(140, 'mm[Hg]') },
        { code: concept('dia'), valueQuantity: amount(80, 'mm[Hg]') },
      ],
    }),
    observation('smoke', concept('smoking'), { valueCodeableConcept: concept('never', 'Never smoked', 'urn:s') }),
    observation('text', { text: 'Head ache: dull' }, { valueString: 'a$b|c,d' }),
    observation('price', concept('a$b'), { valueQuantity: { value: 3 } }),
    observation('when', concept('event'), { valuePeriod: { start: '2024-03', end: '2024-05' } }),
    {
      ...{ resourceType: 'Patient', id: 'ann', name: [{ family: 'Håkonsen-Smythe' }] },
      text: { status: 'generated', div: '<div>Seen for <b>Migraine</b> with aura &amp; nausea</div>' },
      identifier: [{ system: 'urn:mrn', value: '7', type: concept('MR', undefined, 'urn:types') }],
    },
    {
      ...{ resourceType: 'Patient', id: 'bob', name: [{ family: 'Smith', given: ['Migraine'] }] },
      identifier: [{ system: 'urn:ssn', value: '7', type: concept('SS', undefined, 'urn:types') }],
    },
    { resourceType: 'Location', id: 'boston', position: { latitude: 42.3601, longitude: -71.0589 } },
    { resourceType: 'Location', id: 'cambridge', position: { latitude: 42.3736, longitude: -71.1097 } },
    { resourceType: 'Location', id: 'fiji', position: { latitude: -17, longitude: 179.9 } },
    { resourceType: 'Location', id: 'samoa', position: { latitude: -17, longitude: -179.9 } },
    { resourceType: 'ValueSet', id: 'v1', status: 'active', url: 'http://acme.example/fhir/ValueSet/1' },
    { resourceType: 'ValueSet', id: 'v2', status: 'active', url: 'http://acme.example/fhirside' },
    {
      ...{ resourceType: 'DocumentReference', id: 'newer', status: 'current' },
      relatesTo: [
        { code: 'replaces', target: { reference: 'DocumentReference/a' } },
        { code: 'appends', target: { reference: 'DocumentReference/b' } },
      ],
    },
    {
      ...{ resourceType: 'MolecularSequence', id: 'seq', referenceSeq: { chromosome: concept('7') } },
      variant: [{ start: 100, end: 200 }],
    },
    {
      ...{ resourceType: 'QuestionnaireResponse', id: 'answers', status: 'completed' },
      questionnaire: 'http://acme.example/q|2.1.0',
      subject: { reference: 'Patient/ann/_history/3' },
    },
    {
      ...{ resourceType: 'Basic', id: 'profiled', code: concept('x') },
      meta: { profile: ['http://acme.example/profile|1.2.3'] },
    },
  ],
  () => now,
);

for (const [search, expected] of [
  // units of UCUM
  [`Observation?value-quantity=5.4|${ucum}|mg/dL`, 'g mg'],
  [`Observation?value-quantity=0.054|${ucum}|g/L`, 'g mg'],
  [`Observation?value-quantity=ge54|${ucum}|mg/L`, 'g mg'],
  [`Observation?value-quantity=gt54|${ucum}|mg/L`, ''],
  [`Observation?value-quantity=5.4|${ucum}|mmol/L`, 'mol'],
  [`Observation?value-quantity=37.0|${ucum}|Cel`, 'warm'],
  [`Observation?value-quantity=gt310|${ucum}|K`, 'warm'],
  [`Observation?value-quantity=5.4|${ucum}|furlongs`, 'odd'],
  ['Observation?value-quantity=5.4||mg/dL', 'mg'],
  ['Observation?value-quantity=5.4', 'mg mol odd'],
  // composites: both parts of one element
  [`Observation?code-value-quantity=${loinc}|glu$5.4|${ucum}|mg/dL`, 'g mg'],
  ['Observation?code-value-quantity=glu$gt5', 'mg mol'],
  ['Observation?code-value-quantity=|glu$gt5', ''],
  ['Observation?code=glu&value-quantity=gt5', 'mg mol'],
  ['Observation?component-code-value-quantity=sys$gt100', 'bp'],
  ['Observation?component-code-value-quantity=dia$gt100', ''],
  ['Observation?component-code=dia&component-value-quantity=gt100', 'bp'],
  ['Observation?combo-code-value-quantity=dia$80,glu$0.054', 'bp g'],
  ['Observation?code-value-concept=smoking$urn:s|never', 'smoke'],
  ['Observation?code-value-concept=smoking$urn:other|never', ''],
  ['Observation?code-value-date=event$2024-04', ''],
  ['Observation?code-value-date=event$ap2024-04', 'when'],
  ['Observation?code-value-date=event$sa2024-02', 'when'],
  ['Observation?code-value-quantity=a\\$b$3', 'price'],
  ['Observation?code-value-quantity:missing=false&code=glu,bp', 'g mg mol'],
  ['DocumentReference?relationship=replaces$DocumentReference/a', 'newer'],
  ['DocumentReference?relationship=appends$DocumentReference/a', ''],
  ['MolecularSequence?chromosome-variant-coordinate=7$ge100$le200', 'seq'],
  ['MolecularSequence?chromosome-variant-coordinate=7$ge100$lt200', ''],
  // texts of codes
  ['Observation?code:text=gluc', 'g mg'],
  ['Observation?code:text=blood gluc', 'mg'],
  ['Observation?code:text=glucose fast', 'mg'],
  ['Observation?code:text=ucose', ''],
  ['Observation?code:text=head ache', 'text'],
  ['Observation?value-concept:text=smok', 'smoke'],
  ['Observation?code:text=smok', ''],
  // identifiers by type
  ['Patient?identifier:of-type=urn:types|MR|7', 'ann'],
  ['Patient?identifier:of-type=urn:types|SS|7', 'bob'],
  ['Patient?identifier:of-type=|MR|7', ''],
  // value sets and hierarchies
  ['Observation?value-concept:in=http://vs.example/ab', ''],
  ['Observation?code:not-in=http://vs.example/none&status=final&_id=mg,g', 'g mg'],
  ['ValueSet?url:below=http://acme.example/fhir/', 'v1'],
  ['ValueSet?url:below=http://acme.example', 'v1 v2'],
  ['ValueSet?url:above=http://acme.example/fhir/ValueSet/1/x', 'v1'],
  ['QuestionnaireResponse?questionnaire=http://acme.example/q', 'answers'],
  ['QuestionnaireResponse?questionnaire=http://acme.example/q|2.1.0', 'answers'],
  ['QuestionnaireResponse?questionnaire:below=http://acme.example/q|2', 'answers'],
  ['QuestionnaireResponse?questionnaire:below=http://acme.example/q|2.1.0.1', ''],
  ['QuestionnaireResponse?questionnaire:above=http://acme.example/q|2.1.0.1', 'answers'],
  ['QuestionnaireResponse?subject=Patient/ann', 'answers'],
  ['QuestionnaireResponse?subject=Patient/ann/_history/3', 'answers'],
  ['QuestionnaireResponse?subject=Patient/ann/_history/2', ''],
  ['Basic?_profile=http://acme.example/profile', 'profiled'],
  ['Basic?_profile:below=http://acme.example/profile', 'profiled'],
  ['Basic?_profile:below=http://acme.example/profile|1.2', 'profiled'],
  ['Basic?_profile:below=http://acme.example', ''],
  // full text
  ['Patient?_text=migraine', 'ann'],
  ['Patient?_text="aura nausea"', 'ann'],
  ['Patient?_text="nausea aura"', ''],
  ['Patient?_text=nobody or AURA', 'ann'],
  ['Patient?_content=migraine', 'ann bob'],
  ['Patient?_content=migraine -smith', 'ann'],
  ['Patient?_content=hakonsen', 'ann'],
  ['Observation?_content=glucose fasting', 'mg'],
  // parts of strings
  ['Patient?family:contains=onsen-smy', 'ann'],
  ['Patient?family:contains=SM', 'ann bob'],
  // places
  ['Location?near=42.3601|-71.0589|1|km', 'boston'],
  ['Location?near=42.3601|-71.0589|5', 'boston cambridge'],
  ['Location?near=42.3601|-71.0589|3|[mi_i]', 'boston cambridge'],
  ['Location?near=42.3601|-71.0589', 'boston cambridge'],
  ['Location?near=-17|180|11|km', 'fiji samoa'],
  ['Location?near=90|0|50|km', ''],
] as const) {
  test(`${search} finds ${expected || 'nothing'}`, async () => {
    const [type = '', text = ''] = search.split(/\?(.*)/s);
    const pairs = text.split('&').map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]);
    const query = String(new URLSearchParams(pairs));
    assert.equal((await chart.findAll(type, query)).sort().join(' '), expected);
    assert.equal((await chart.page(type, `${query}&_summary=count`)).total, expected.split(' ').filter(Boolean).length);
  });
}

test('attack 59: metacharacters of any kind are looked for as they are, in every new kind of search', async () => {
  const hostile = [...words, "a')::tsquery or true", 'a & !b | c:*', "x' <-> 'y", '\\', '%_', '$$', '"', '\u0001', '|'];
  for (const text of hostile) {
    const value = text.replace(/[\\$,|]/g, '\\$&');
    for (const [type, name, written] of [
      ['Patient', '_text', value],
      ['Patient', '_content', `zebra ${value}`],
      ['Observation', 'code:text', `zebra ${value}`],
      ['Patient', 'identifier:of-type', `${value}|${value}|${value}`],
      ['Observation', 'code-value-concept', `${value}$${value}`],
      ['Observation', 'code-value-string', `${value}$${value}`],
      ['Observation', 'code-value-quantity', `${value}$1|${value}|${value}`],
      ['ValueSet', 'url:below', value],
      ['ValueSet', 'url:above', value],
      ['Patient', 'name:contains', `${value}zebra`],
    ] as const) {
      const query = String(new URLSearchParams([[name, written]]));
      const found = await chart.find(type, query).catch((error: Error) => error);
      if (found instanceof Error)
        assert.match(found.message, /^Search parameter [\w:-]+: expected/, `${name}=${written}`);
      else assert.deepEqual(found, [], `${name}=${written}`);
    }
  }
});

test('attack 67: thousands of words are searched up to a limit, and no more of them are kept', async () => {
  const many = Array.from({ length: 6000 }, (_, i) => `word${i}`).join(' ');
  await chart.put([{ resourceType: 'Basic', id: 'many', code: { text: 'x' }, note: [{ text: many }] }]);
  assert.deepEqual(await chart.find('Basic', '_content=word1'), ['many']);
  assert.deepEqual(await chart.find('Basic', '_content=word5999'), []);
});

test('The extension for parts of strings is there in the bundled database, and its index is used', async () => {
  const [row] = await chart.database.searches.query<{ n: string }>(sql`select count(*) as n from pg_indexes
    where schemaname = ${chart.site.schema} and indexname = 'str_part'`);
  assert.equal(row?.n, '1');
});

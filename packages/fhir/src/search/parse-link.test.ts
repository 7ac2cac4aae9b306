import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FhirError } from '../outcome/fhir-error.ts';
import type { Criterion, Include } from './ast.ts';
import { parseSearch, type SearchOptions } from './parse.ts';
import { parseSystemSearch } from './parse-system.ts';

const query = (type: string, text: string) => parseSearch(type, new URLSearchParams(text)).query;

/** A criterion as short text: `subject>Patient.name`, `<Observation:patient.code`, several types in brackets. */
function short(criterion: Criterion): string {
  if (criterion.kind === 'chain') {
    const targets = criterion.targets.map((target) => `${target.type}.${short(target.criterion)}`);
    return `${criterion.parameter.code}>${targets.length === 1 ? targets[0] : `[${targets.join(' ')}]`}`;
  }
  if (criterion.kind === 'has') {
    return `<${criterion.type}:${criterion.parameter.code}.${short(criterion.criterion)}`;
  }
  if (criterion.kind === 'compartment') return `in ${criterion.compartment.type}/${criterion.compartment.id}`;
  return 'parameter' in criterion ? criterion.parameter.code : criterion.kind;
}

function refusal(run: () => unknown): FhirError {
  try {
    run();
  } catch (error) {
    if (error instanceof FhirError) return error;
    throw error;
  }
  throw new Error('not refused');
}

for (const [search, expected] of [
  [
    'Observation?subject:Patient.general-practitioner:Practitioner.name=x',
    'subject>Patient.general-practitioner>Practitioner.name',
  ],
  [
    'Observation?patient.general-practitioner.name=x',
    'patient>Patient.general-practitioner>[Practitioner.name Organization.name]',
  ],
  ['Patient?_has:Observation:patient:_has:AuditEvent:entity:agent=x', '<Observation:patient.<AuditEvent:entity.agent'],
  [
    'Patient?_has:Observation:patient:encounter.status=x',
    '<Observation:patient.encounter>[Encounter.status EpisodeOfCare.status]',
  ],
  ['Observation?patient._has:Group:member:_id=x', 'patient>Patient.<Group:member.id'],
  [
    'Observation?patient._has:Group:member:managing-entity:Practitioner.name=x',
    'patient>Patient.<Group:member.managing-entity>Practitioner.name',
  ],
  ['MedicationRequest?medication.manufacturer.name:exact=x', 'medication>Medication.manufacturer>Organization.name'],
  ['Observation?patient.general-practitioner:identifier=a|b', 'patient>Patient.general-practitioner'],
  ['Patient?_list=1,2', '<List:item.id'],
  ['Observation?patient._list=1', 'patient>Patient.<List:item.id'],
] as const) {
  test(`${search} goes along each of its links`, () => {
    const [type = '', text = ''] = search.split('?');
    assert.deepEqual(query(type, text).criteria.map(short), [expected]);
  });
}

for (const [search, expected] of [
  ['Location?partof.partof.partof.partof.partof.partof.name=x', /at most 5 links in a chain or _has/],
  [`Patient?${'_has:Observation:patient:'.repeat(1)}${'has-member.'.repeat(6)}code=x`, /at most 5 links/],
  ['Patient?_has:Provenance:target:target.target.target._id=x', /at most 20 types/],
  [
    `Observation?${Array.from({ length: 61 }, () => 'patient.name=x').join('&')}`,
    /at most 60 links in all.*Name the types/,
  ],
] as const) {
  test(`attack 68: ${search.slice(0, 70)} is refused by the limit it is beyond`, () => {
    const [type = '', text = ''] = search.split('?');
    const error = refusal(() => query(type, text));
    assert.match(error.message, expected);
    assert.equal(error.issues[0]?.code, 'too-costly');
  });
}

test('attack 68: ever more types along a chain are counted together', () => {
  const text = Array.from({ length: 10 }, () => 'focus:Observation.performer.identifier=x').join('&');
  assert.match(refusal(() => query('Observation', text)).message, /at most 60 links in all/);
});

for (const [search, expected] of [
  ['Patient?_has:Observation:patient=x', /_has:Observation:patient:code/],
  ['Patient?_has:Observation:patient:code.name=x', /code is no reference/],
  ['Patient?_has:Observation:patient:foo=x', /Observation has no such parameter/],
  ['Observation?patient._has:Observation:performer:foo=x', /Observation has no such parameter/],
  ['Observation?subject:Patient:Group.name=x', /more than one modifier/],
  ['Observation?encounter.status.name=x', /status is no reference/],
  ['Patient?_list=$current-problems', /a server computes/],
  ['Patient?_list:not=1', /no modifier/],
  ['Patient?_list=a/b', /ids of List resources/],
] as const) {
  test(`${search} is refused with what is wrong`, () => {
    const [type = '', text = ''] = search.split('?');
    const unknown = parseSearch(type, new URLSearchParams(''), {});
    assert.ok(unknown);
    assert.match(refusal(() => query(type, text)).message, expected);
  });
}

const brief = ({ source, parameters, target, iterate }: Include) =>
  `${source}:${parameters.map(({ code }) => code).join('+')}${target ? `:${target}` : ''}${iterate ? ' again' : ''}`;

for (const [search, expected] of [
  ['Account?_include=*', ['Account:owner+patient+subject']],
  ['Account?_include=Account:*', ['Account:owner+patient+subject']],
  ['Account?_include=Account:*:Organization', ['Account:owner+subject:Organization']],
  ['Account?_include=Account:patient&_include:iterate=Patient:link', ['Account:patient', 'Patient:link again']],
  ['Account?_include:recurse=Account:owner', ['Account:owner again']],
  ['Account?_include:iterate=*', ['Account:owner+patient+subject again']],
] as const) {
  test(`${search} includes ${expected.join(' and ')}`, () => {
    const [type = '', text = ''] = search.split('?');
    assert.deepEqual(query(type, text).include.map(brief), expected);
  });
}

test('_revinclude by a wildcard is by every reference that may point at the type, of one source or of all', () => {
  const one = query('Patient', '_revinclude=Encounter:*').revinclude;
  assert.deepEqual(one.map(brief), ['Encounter:patient+subject']);
  const all = query('Patient', '_revinclude=*').revinclude;
  assert.ok(all.length > 60);
  assert.ok(all.every(({ parameters }) => parameters.every(({ target }) => target.includes('Patient'))));
  const again = query('Patient', '_revinclude:iterate=Provenance:target').revinclude;
  assert.deepEqual(again.map(brief), ['Provenance:target again']);
});

for (const [search, expected] of [
  ['Account?_include=Patient:link', /must be Account.*:iterate/],
  ['Account?_include:iterate:iterate=Account:owner', /no modifier but :iterate/],
  ['Account?_include=Nothing:*', /Source:\*/],
  ['Account?_include=Account:*:Nothing', /Source:\*/],
  ['ValueSet?_revinclude=Observation:patient', /Observation\.patient is no reference to ValueSet/],
  ['Patient?_revinclude=Observation:patient:Group', /its target must be Patient/],
] as const) {
  test(`${search} is refused with what is wrong`, () => {
    const [type = '', text = ''] = search.split('?');
    assert.match(refusal(() => query(type, text)).message, expected);
  });
}

const system = (text: string, options: SearchOptions = {}) => parseSystemSearch(new URLSearchParams(text), options);

test('A system search asks the same of each type that _type names', () => {
  const { query, used, isNamed } = system('_type=Observation,Condition&patient=1&code=a&_sort=-_lastUpdated&_count=3');
  assert.deepEqual(
    query.parts.map(({ type, criteria }) => [type, criteria.map(short)]),
    [
      ['Condition', ['patient', 'code']],
      ['Observation', ['patient', 'code']],
    ],
  );
  assert.equal(query.count, 3);
  assert.equal(used.length, 5);
  assert.equal(isNamed, true);
});

test('A system search takes parameters that all of its types have', () => {
  assert.match(refusal(() => system('_type=Observation,Patient&code=a')).message, /Patient has no such parameter/);
  assert.match(refusal(() => system('code=a')).message, /no such parameter/);
  assert.equal(system('_lastUpdated=gt2020').query.parts.length, 145, 'Parameters is never stored');
  assert.equal(system('_list=1').query.parts.length, 145);
  assert.deepEqual(system('_type=&_id=1').ignored, ['_type']);
});

test('attack 68: links over all types of a search of the system are counted together', () => {
  assert.equal(system('_list=1&_list=2').query.parts.length, 145);
  assert.match(refusal(() => system('_list=1&_list=2&_list=3')).message, /at most 300 links over all of its types/);
});

test('attack 68: values over all types of a search of the system are counted together, before any is read', () => {
  const values = (count: number) => Array.from({ length: count }, () => '2020').join(',');
  assert.equal(system(`_lastUpdated=${values(300)}`).query.parts.length, 145);
  assert.match(refusal(() => system(`_lastUpdated=${values(400)}`)).message, /at most 50000 values over all/);
  const two = `_type=Patient,Group&${Array.from({ length: 60 }, () => `_lastUpdated=${values(500)}`).join('&')}`;
  assert.match(refusal(() => system(two)).message, /at most 50000 values over all/);
});

for (const [text, expected] of [
  ['_type=Patient,Nothing', /resource types of R4/],
  ['_type=Patient&_type=Group', /_type: expected once/],
] as const) {
  test(`A system search by ${text} is refused`, () => assert.match(refusal(() => system(text)).message, expected));
}

test('A compartment holds the types that its definition lists, by the parameters it lists', () => {
  const compartment = { type: 'Practitioner', id: '1' } as const;
  const { criteria } = parseSearch('Encounter', [], { compartment }).query;
  assert.deepEqual(criteria.map(short), ['in Practitioner/1']);
  const [inside] = criteria;
  assert.ok(inside?.kind === 'compartment');
  assert.deepEqual(
    inside.parameters.map(({ code }) => code),
    ['practitioner', 'participant'],
  );
  const types = system('', { compartment }).query.parts.map(({ type }) => type);
  assert.ok(types.includes('Encounter') && types.includes('Practitioner') && !types.includes('Location'));
});

test('A type that the definition of a compartment does not list is refused, never unrestricted', () => {
  const refused = refusal(() => parseSearch('Location', [], { compartment: { type: 'Patient', id: '1' } }));
  assert.equal(refused.status, 404);
  assert.match(refused.message, /Location lies in no Patient's compartment/);
  assert.equal(refusal(() => system('_type=Location', { compartment: { type: 'Patient', id: '1' } })).status, 404);
});

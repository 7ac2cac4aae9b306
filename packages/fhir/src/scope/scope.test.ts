import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeScope } from './describe.ts';
import { narrow } from './narrow.ts';
import { parseScope } from './parse.ts';
import { type Letter, type Scope, scopeLetters } from './scope.ts';

const lab = 'category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory';

for (const [text, context, type, letters] of [
  ['patient/Patient.read', 'patient', 'Patient', 'rs'],
  ['user/Patient.write', 'user', 'Patient', 'cud'],
  ['system/*.*', 'system', '*', 'cruds'],
  ['system/*.read', 'system', '*', 'rs'],
  ['system/Observation.rs', 'system', 'Observation', 'rs'],
  ['patient/*.cruds', 'patient', '*', 'cruds'],
  ['user/Observation.s', 'user', 'Observation', 's'],
] as const) {
  test(`${text} opens ${letters} on ${type}`, () => {
    const { scopes, unknown } = parseScope(text);
    assert.deepEqual(unknown, []);
    assert.deepEqual(scopes, [{ kind: 'resource', context, type, letters: [...letters], criteria: [], text }]);
  });
}

test('a granular scope is a search', () => {
  const [scope] = parseScope(`system/Observation.rs?${lab}&code:not=1234-5&_id=1`).scopes;
  assert.ok(scope?.kind === 'resource');
  assert.deepEqual(
    scope.criteria.map((criterion) => criterion.kind),
    ['token', 'token', 'id'],
  );
  const encoded = encodeURIComponent('http://terminology.hl7.org/CodeSystem/observation-category|laboratory');
  const [same] = parseScope(`system/Observation.rs?category=${encoded}`).scopes;
  assert.deepEqual(same?.kind === 'resource' && same.criteria, scope.criteria.slice(0, 1));
});

test('named scopes are known, each scope comes once, in the order asked', () => {
  const text = 'openid  fhirUser launch/patient offline_access api:fhir openid system/Patient.read';
  assert.deepEqual(
    parseScope(text).scopes.map((scope) => scope.text),
    ['openid', 'fhirUser', 'launch/patient', 'offline_access', 'api:fhir', 'system/Patient.read'],
  );
  assert.deepEqual(parseScope(''), { scopes: [], unknown: [] });
});

for (const [text, reason] of [
  ['system/Document.read', /R4 has no resource type Document/],
  ['system/Patient.sr', /letters of "cruds"/],
  ['system/Patient.', /no scope of this name/],
  ['system/Patient', /no scope of this name/],
  ['admin/Patient.read', /no scope of this name/],
  ['Patient.read', /no scope of this name/],
  ['nonsense', /no scope of this name/],
  ['system/Patient.$export', /operation \$export is not offered/],
  ['system/*.$bulkdata-status', /operation \$bulkdata-status/],
  ['patient/DocumentReference.$docref', /operation \$docref/],
  ['user/patient.read', /outside of FHIR.*The FHIR scope is user\/Patient\./],
  ['user/soap_note.write', /outside of FHIR that soap_note belongs to is not offered here$/],
  ['system/*.rs?category=x', /needs a resource type/],
  ['system/Observation.read?category=x', /letters of v2/],
  ['system/Observation.rs?', /expected a filter/],
  ['system/Observation.rs?foo=x', /no such parameter/],
  ['system/Observation.rs?_count=1', /no such parameter/],
  ['system/Observation.rs?_sort=date', /no such parameter/],
  ['system/Observation.rs?category=', /expected a value/],
  ['system/Observation.rs?date=never', /expected a date/],
  ['system/Observation.rs?patient.name=x', /no chain/],
  ['system/Patient.rs?_has:Observation:patient:code=x', /no chain and no _has/],
  ['system/Observation.rs?category:in=x', /:in is not supported/],
  ['system/Patient.read"', /not allowed/],
  ['system/Pätient.read', /not allowed/],
] as const) {
  test(`${text} is unknown, and says why`, () => {
    const { scopes, unknown } = parseScope(`openid ${text}`);
    assert.deepEqual(
      scopes.map((scope) => scope.text),
      ['openid'],
    );
    assert.equal(unknown.length, 1);
    assert.equal(unknown[0]?.text, text);
    assert.match(unknown[0]?.reason ?? '', reason);
  });
}

test('length and number of scopes are bounded, and what is beyond opens nothing', () => {
  const long = parseScope('openid '.repeat(3000));
  assert.deepEqual(long.scopes, []);
  assert.match(long.unknown[0]?.reason ?? '', /at most 20000 characters/);
  const many = parseScope(Array.from({ length: 700 }, (_, i) => `system/Patient.r?_id=${i}`).join(' '));
  assert.ok(many.scopes.length <= 500);
  assert.match(many.unknown.at(-1)?.reason ?? '', /at most 500 scopes/);
});

const narrowed = (requested: string, allowed: string) =>
  narrow(parseScope(requested).scopes, parseScope(allowed).scopes)
    .map((scope) => scope.text)
    .join(' ');

const laboratory = `system/Observation.rs?${lab}`;

for (const [name, requested, allowed, expected] of [
  ['a narrower type', 'system/Patient.r', 'system/*.rs', 'system/Patient.r'],
  ['a wider type', 'system/*.rs', 'system/Patient.rs', 'system/Patient.rs'],
  [
    'several types of one wildcard',
    'system/*.rs',
    'system/Patient.rs system/Observation.r',
    'system/Patient.rs system/Observation.r',
  ],
  ['v1 asked, v2 allowed', 'system/Patient.read', 'system/Patient.cruds', 'system/Patient.read'],
  ['v2 asked, v1 allowed', 'system/Patient.rs', 'system/Patient.read', 'system/Patient.rs'],
  ['v1 asked for a wildcard', 'system/*.read', 'system/Patient.cruds', 'system/Patient.read'],
  ['v1 asked, but v1 cannot say it', 'system/Patient.read', 'system/Patient.r', 'system/Patient.r'],
  ['v1 asked for all', 'system/Patient.*', 'system/Patient.read', 'system/Patient.read'],
  ['letters of two allowed scopes', 'system/Patient.rs', 'system/Patient.r system/Patient.s', 'system/Patient.rs'],
  ['letters of v1 words', 'system/Patient.*', 'system/Patient.read system/Patient.write', 'system/Patient.*'],
  ['an allowed scope inside of another', 'system/Patient.rs', 'system/Patient.r system/*.rs', 'system/Patient.rs'],
  ['no letter in common', 'system/Patient.r', 'system/Patient.s', ''],
  ['no type in common', 'system/Patient.rs', 'system/Observation.rs', ''],
  ['another context', 'system/Patient.rs', 'patient/Patient.rs user/Patient.rs', ''],
  ['nothing allowed', 'system/Patient.rs openid', '', ''],
  ['named scopes by name alone', 'openid offline_access launch', 'openid launch/patient', 'openid'],
  ['plain asked, granular allowed', 'system/Observation.rs', laboratory, laboratory],
  ['plain v1 asked, granular allowed', 'system/Observation.read', laboratory, laboratory],
  ['a wildcard asked, granular allowed', 'system/*.rs', laboratory, laboratory],
  ['granular asked, plain allowed', laboratory, 'system/*.cruds', laboratory],
  ['granular asked, the same allowed', laboratory, laboratory, laboratory],
  ['granular asked, narrower than allowed', `${laboratory}&code=1`, laboratory, `${laboratory}&code=1`],
  ['granular asked, wider than allowed', laboratory, `${laboratory}&code=1`, `${laboratory}&code=1`],
  ['two different filters', 'system/Observation.rs?code=1', laboratory, `system/Observation.rs?code=1&${lab}`],
  ['fewer letters with a filter', laboratory, 'system/Observation.r', `system/Observation.r?${lab}`],
  [
    'two granular scopes allowed',
    'system/Observation.rs',
    `${laboratory} system/Observation.rs?code=1`,
    `${laboratory} system/Observation.rs?code=1`,
  ],
  [
    'granular and plain allowed',
    'system/Observation.rs',
    `${laboratory} system/Observation.r`,
    `${laboratory} system/Observation.r`,
  ],
] as const) {
  test(`narrow: ${name}`, () => assert.equal(narrowed(requested, allowed), expected));
}

test('a filter that is repeated hides no other one', () => {
  const allowed = parseScope('system/Observation.rs?code=1&code=1&status=2&category=3').scopes;
  const [granted] = narrow(parseScope('system/Observation.rs?category=3').scopes, allowed);
  assert.equal(granted?.text, 'system/Observation.rs?category=3&code=1&status=2');
  assert.deepEqual(granted.kind === 'resource' && granted.criteria.length, 3);
  assert.deepEqual(parseScope(granted.text).scopes, [granted]);
});

test('what narrow answers reads back as the same scopes', () => {
  const requested = parseScope('system/*.rs system/Observation.rs?code=1 patient/Patient.read').scopes;
  const allowed = parseScope(`${laboratory}&date=ge2024 system/Patient.cruds patient/*.r`).scopes;
  const granted = narrow(requested, allowed);
  assert.equal(granted.length, 4);
  assert.deepEqual(parseScope(granted.map((scope) => scope.text).join(' ')).scopes, granted);
});

for (const [text, sentence] of [
  ['system/*.rs', 'Read and search all records of everyone.'],
  ['system/Patient.read', 'Read and search all Patient records.'],
  ['patient/Observation.cruds', 'Create, read, update, delete and search the patient’s Observation records.'],
  ['user/*.r', 'Read the records that the user may see.'],
  [
    'system/Observation.rs?code=a,b&status:not=c',
    'Read and search all Observation records, only where code is a or b and status is not c.',
  ],
  ['system/Observation.r?code:missing=true', 'Read all Observation records, only where there is no code.'],
  ['offline_access', 'Keep its access when the user is away, until it is revoked.'],
] as const) {
  test(`${text}: ${sentence}`, () => assert.equal(parseScope(text).scopes.map(describeScope).join(), sentence));
}

/** Whether scopes open `letter` on a record of `type` for which exactly these filters hold. */
function opens(scopes: readonly Scope[], context: string, type: string, letter: Letter, holds: readonly string[]) {
  return scopes.some(
    (scope) =>
      scope.kind === 'resource' &&
      scope.context === context &&
      (scope.type === '*' || scope.type === type) &&
      scope.letters.includes(letter) &&
      scope.criteria.every((criterion) => criterion.kind === 'token' && holds.includes(criterion.parameter.code)),
  );
}

test('narrow opens what both sides open, no more and no less, in 2000 random grants', () => {
  let state = 5;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = (from: readonly string[]) => from[next(from.length)]!;
  const filters = ['code', 'category', 'status'];
  const one = () => {
    const type = pick(['*', 'Observation', 'Observation', 'Condition']);
    const verb = pick(['read', 'write', '*', 'rs', 'r', 's', 'cruds', 'cu', 'rs', 'rs']);
    const isPlain = type === '*' || ['read', 'write', '*'].includes(verb);
    const used = isPlain ? [] : filters.filter((name) => next(3) === 0 && (type !== 'Condition' || name !== 'status'));
    const query = used.length === 0 ? '' : `?${used.map((name) => `${name}=1`).join('&')}`;
    return `${pick(['system', 'system', 'user'])}/${type}.${verb}${query}`;
  };
  const several = () => parseScope(Array.from({ length: 1 + next(4) }, one).join(' ')).scopes;
  for (let i = 0; i < 2000; i++) {
    const [requested, allowed] = [several(), several()];
    const granted = narrow(requested, allowed);
    assert.deepEqual(parseScope(granted.map((scope) => scope.text).join(' ')).scopes, granted);
    for (const context of ['system', 'user'])
      for (const type of ['Observation', 'Condition', 'Patient'])
        for (const letter of scopeLetters)
          for (let set = 0; set < 8; set++) {
            const holds = filters.filter((_, at) => set & (1 << at));
            const expected = [requested, allowed].every((side) => opens(side, context, type, letter, holds));
            const texts = [requested, allowed, granted].map((side) => side.map((scope) => scope.text).join(' '));
            assert.equal(opens(granted, context, type, letter, holds), expected, texts.join(' / '));
          }
  }
});

test('attack 68: hundreds of filters on both sides make no more scopes than one token may hold', () => {
  const filtered = (from: number) =>
    parseScope(Array.from({ length: 480 }, (_, i) => `patient/Patient.rs?_id=${from + i}`).join(' ')).scopes;
  assert.equal(narrow(filtered(1000), filtered(5000)).length, 500);
  assert.deepEqual(narrow(filtered(1000), filtered(1000)), filtered(1000));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { narrow, parseScope, resourceTypes, type Scope } from '@chartgate/fhir';
import { categories } from './category.ts';
import { choiceOf, newSince, tickedBefore } from './choice.ts';
import { offerOf, valuesOf } from './offer.ts';

const value = (type: string, code: string) =>
  categories.find((category) => category.type === type && category.value.endsWith(`|${code}`))?.value ?? '';
const granular = (type: string, code: string, letters = 'rs') =>
  `patient/${type}.${letters}?category=${value(type, code)}`;
const lab = granular('Observation', 'laboratory');
const vital = granular('Observation', 'vital-signs');
const smoking = granular('Observation', 'social-history');
const diagnosis = granular('Condition', 'encounter-diagnosis');
const problem = granular('Condition', 'problem-list-item');
const concern = granular('Condition', 'health-concern');

/** What is granted of `requested` where these boxes lose their tick, or only these have one. */
function granted(requested: string, { without = [], only }: { without?: readonly string[]; only?: readonly string[] }) {
  const { scopes } = parseScope(requested);
  const offer = offerOf(scopes);
  const boxes = valuesOf(offer);
  for (const box of [...without, ...(only ?? [])]) assert.ok(boxes.includes(box), `${box} is no box of ${requested}`);
  const ticked = new Set(boxes.filter((box) => (only ? only.includes(box) : !without.includes(box))));
  return choiceOf(scopes, offer, ticked);
}

const three = 'patient/Condition.rs patient/Observation.rs patient/Patient.rs';
const named = 'launch/patient openid fhirUser offline_access';
const observations = categories.filter(({ type }) => type === 'Observation').map(({ value }) => value);
const every = observations.map((category) => `patient/Observation.rs?category=${category}`);

for (const [name, requested, ticks, expected] of [
  ['all ticked', `${named} ${three}`, {}, `${named} ${three}`],
  [
    'all ticked in v1',
    'patient/Patient.read patient/Observation.read',
    {},
    'patient/Patient.read patient/Observation.read',
  ],
  ['one type unticked', three, { without: ['patient/Observation.rs'] }, 'patient/Condition.rs patient/Patient.rs'],
  [
    'one category unticked',
    three,
    { without: [problem] },
    `${diagnosis} ${concern} patient/Observation.rs patient/Patient.rs`,
  ],
  [
    'one category unticked in v1, which has no words for that',
    'patient/Condition.read patient/Patient.read',
    { without: [problem, concern] },
    `${diagnosis} patient/Patient.read`,
  ],
  ['each category unticked', three, { without: every }, 'patient/Condition.rs patient/Patient.rs'],
  ['a category ticked beneath an unticked type', three, { only: [lab, 'patient/Patient.rs'] }, 'patient/Patient.rs'],
  [
    'offline_access unticked',
    `openid offline_access patient/Patient.rs`,
    { without: ['offline_access'] },
    'openid patient/Patient.rs',
  ],
  [
    'what was asked for by category alone',
    `${lab} ${vital} patient/Patient.rs`,
    { without: [vital] },
    `${lab} patient/Patient.rs`,
  ],
  ['a category beside its whole type', `patient/Observation.rs ${lab}`, { without: [vital, smoking] }, undefined],
  [
    'a category beside its unticked type',
    `patient/Patient.r patient/Observation.rs ${lab}`,
    { without: ['patient/Observation.rs'] },
    'patient/Patient.r',
  ],
  [
    'a filter that is no category',
    'patient/Observation.rs?code=1234-5 patient/Patient.r',
    { without: ['patient/Observation.rs?code=1234-5'] },
    'patient/Patient.r',
  ],
  [
    'reading without changing',
    'patient/Observation.cruds',
    { without: ['patient/Observation.cud'] },
    'patient/Observation.rs',
  ],
  [
    'reading without changing in v1',
    'patient/Observation.*',
    { without: ['patient/Observation.cud'] },
    'patient/Observation.read',
  ],
  [
    'changing without reading',
    'patient/Observation.cruds',
    { without: ['patient/Observation.rs'] },
    'patient/Observation.cud',
  ],
  ['all of both halves', 'patient/Observation.* patient/Goal.cruds', {}, 'patient/Observation.* patient/Goal.cruds'],
  [
    'two users of one type',
    'patient/Patient.rs user/Patient.rs',
    { without: ['user/Patient.rs'] },
    'patient/Patient.rs',
  ],
  ['a whole wildcard', 'patient/*.rs openid', {}, 'patient/*.rs openid'],
  ['a whole wildcard in v1', 'patient/*.read', {}, 'patient/*.read'],
  ['a wildcard of all letters', 'patient/*.*', {}, 'patient/*.*'],
  [
    'a wildcard to read, and nothing to change',
    'user/*.cruds',
    { only: valuesOf(offerOf(parseScope('user/*.rs').scopes)) },
    'user/*.rs',
  ],
  ['one type of a wildcard', 'patient/*.rs', { only: ['patient/Patient.rs'] }, 'patient/Patient.rs'],
  ['one type of a wildcard in v1', 'patient/*.read', { only: ['patient/Patient.rs'] }, 'patient/Patient.read'],
] as const) {
  test(`granted: ${name}`, () => {
    const { scope } = granted(requested, ticks as { without?: readonly string[]; only?: readonly string[] });
    const left = every.filter((box) => box !== vital && box !== smoking);
    assert.equal(scope, expected ?? left.join(' '));
  });
}

test('a wildcard that lost a type is granted as all the others, those without a box of their own included', () => {
  const { scope, refused } = granted('patient/*.rs', { without: ['patient/Observation.rs'] });
  const scopes = scope.split(' ');
  assert.ok(scopes.includes('patient/Patient.rs') && scopes.includes('patient/ImagingStudy.rs'));
  assert.ok(!/Observation\.|\*/.test(scope));
  assert.ok(scopes.length > 100 && scopes.length < resourceTypes.length);
  assert.deepEqual(refused.split(' '), ['patient/*.rs', 'patient/Observation.rs']);
});

test('a wildcard that lost a category is granted as its types and the categories that are left', () => {
  const { scope } = granted('patient/*.rs', { without: [lab] });
  const scopes = scope.split(' ');
  assert.ok(scopes.includes(vital) && !scopes.includes(lab) && !scopes.includes('patient/Observation.rs'));
  assert.ok(!scope.includes('*'));
});

test('a wildcard without the rest of the record is granted as the types that are left', () => {
  const { scope } = granted('patient/*.rs', { without: ['patient/*.rs'] });
  const scopes = scope.split(' ');
  assert.ok(scopes.includes('patient/Observation.rs') && !scopes.includes('patient/ImagingStudy.rs'));
  assert.ok(!scope.includes('*'));
});

test('attack 32: values that were not shown grant nothing', () => {
  const { scopes } = parseScope('openid patient/Patient.rs');
  const offer = offerOf(scopes);
  for (const planted of [
    'patient/Observation.rs',
    'patient/*.cruds',
    'user/*.rs',
    'system/*.rs',
    'offline_access',
    'patient/Patient.cruds',
    'patient/Patient.rs patient/Observation.rs',
    'patient/Patient.rs?_id=1',
  ]) {
    assert.equal(choiceOf(scopes, offer, new Set([planted])).scope, 'openid');
    assert.equal(choiceOf(scopes, offer, new Set([planted, 'patient/Patient.rs'])).scope, 'openid patient/Patient.rs');
  }
});

test('no ticks grant no record, and only that is told as empty', () => {
  assert.deepEqual(granted(`openid ${three}`, { only: [] }).isEmpty, true);
  assert.deepEqual(granted(`openid ${three}`, { only: ['patient/Patient.rs'] }).isEmpty, false);
  assert.deepEqual(granted('openid fhirUser', {}).isEmpty, false);
});

test('the next time, boxes are as they were left', () => {
  const { scopes } = parseScope(`${named} ${three}`);
  const offer = offerOf(scopes);
  const boxes = valuesOf(offer);
  for (const without of [[], ['patient/Observation.rs'], [lab, problem], every, ['offline_access', concern]]) {
    const ticked = new Set(boxes.filter((box) => !(without as readonly string[]).includes(box)));
    const before = choiceOf(scopes, offer, ticked);
    const again = tickedBefore(offer, before);
    // a type without any of its categories is granted as little as one without its own tick
    const isNone = without === every;
    assert.deepEqual(again, isNone ? new Set([...ticked].filter((box) => box !== 'patient/Observation.rs')) : ticked);
    assert.deepEqual(newSince(offer, before), new Set());
  }
});

test('the next time, what is new is ticked and told apart', () => {
  const first = parseScope('openid patient/Patient.rs patient/Condition.rs').scopes;
  const offer = offerOf(first);
  const before = choiceOf(first, offer, new Set(valuesOf(offer).filter((box) => box !== diagnosis)));
  const more = offerOf(
    parseScope('openid offline_access patient/Patient.rs patient/Condition.rs patient/Goal.rs').scopes,
  );
  assert.deepEqual(newSince(more, before), new Set(['patient/Goal.rs', 'offline_access']));
  const ticked = tickedBefore(more, before);
  assert.ok(ticked.has('patient/Goal.rs') && ticked.has('patient/Condition.rs') && !ticked.has(diagnosis));
});

test('however much is refused, it can be read again, and all that was requested is in it', () => {
  const requested = Array.from({ length: 480 }, (_, i) => `patient/Patient.rs?_id=${'x'.repeat(12)}${i}`).join(' ');
  for (const text of [
    requested,
    'patient/*.cruds user/*.* patient/*.read',
    `${requested.slice(0, -600)} patient/*.read`,
  ]) {
    const { scopes } = parseScope(text);
    const { refused } = choiceOf(scopes, offerOf(scopes), new Set());
    const { scopes: again, unknown } = parseScope(refused);
    assert.deepEqual(unknown, []);
    const names = new Set(again.map((scope) => scope.text));
    assert.ok(scopes.length > 0 && scopes.every((scope) => names.has(scope.text)));
  }
});

test('the first time, every box is ticked and none is new', () => {
  const offer = offerOf(parseScope(three).scopes);
  assert.deepEqual(tickedBefore(offer, undefined), new Set(valuesOf(offer)));
  assert.deepEqual(newSince(offer, undefined), new Set());
});

/** Whether scopes open the letter on a record of the type that has this category, or none of the known ones. */
function opens(scopes: readonly Scope[], type: string, letter: string, category: string | undefined): boolean {
  return scopes.some(
    (scope) =>
      scope.kind === 'resource' &&
      (scope.type === '*' || scope.type === type) &&
      scope.letters.includes(letter as 'r') &&
      (!scope.text.includes('?') || (category !== undefined && scope.text.endsWith(`?category=${category}`))),
  );
}

test('whatever is asked and ticked, what is granted was asked for and has its ticks', () => {
  let state = 7;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = <T>(from: readonly T[]): T => from[next(from.length)] as T;
  const one = () => {
    const type = pick(['*', 'Observation', 'Observation', 'Condition', 'Goal']);
    const verb = pick(['read', '*', 'rs', 'rs', 'r', 's', 'cruds', 'cu', 'write']);
    const isGranular = type !== '*' && type !== 'Goal' && /^[cruds]+$/.test(verb) && verb !== 's' && next(3) === 0;
    const kinds = categories.filter((category) => category.type === type);
    return `patient/${type}.${verb}${isGranular ? `?category=${pick(kinds).value}` : ''}`;
  };
  for (let i = 0; i < 400; i++) {
    const requested = parseScope(Array.from({ length: 1 + next(4) }, one).join(' ')).scopes;
    const offer = offerOf(requested);
    const ticked = new Set(valuesOf(offer).filter(() => next(4) > 0));
    const { scope } = choiceOf(requested, offer, ticked);
    const { scopes, unknown } = parseScope(scope);
    assert.deepEqual(unknown, []);
    const said = `${requested.map(({ text }) => text).join(' ')} / ${[...ticked].join(' ')} / ${scope}`;
    assert.deepEqual(
      narrow(scopes, requested)
        .map(({ text }) => text)
        .toSorted(),
      scopes.map(({ text }) => text).toSorted(),
      said,
    );
    for (const type of ['Observation', 'Condition', 'Goal']) {
      for (const letter of ['c', 'r', 'u', 'd', 's']) {
        for (const category of [undefined, ...categories.filter((c) => c.type === type).map((c) => c.value)]) {
          const boxes = offer.records.filter(
            (box) => box.type === type && box.letters.includes(letter as 'r') && ticked.has(box.value),
          );
          const parts = (whole: string) => offer.records.filter(({ within }) => within === whole);
          const isWhole = boxes.some(
            (box) =>
              box.within === undefined &&
              !box.category &&
              !box.filters &&
              parts(box.value).every((p) => ticked.has(p.value)),
          );
          const isPart = boxes.some(
            (box) =>
              box.category?.value === category && category !== undefined && (!box.within || ticked.has(box.within)),
          );
          assert.equal(
            opens(scopes, type, letter, category),
            isWhole || isPart,
            `${type}.${letter} ${category}: ${said}`,
          );
        }
      }
    }
  }
});

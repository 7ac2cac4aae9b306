import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noTerminology } from '../../terminology/terminology.ts';
import { canonicalsOf, r4Canonicals } from '../../testing/canonicals.ts';
import { profileOf } from '../../testing/profile.ts';
import { profileLimits } from './run.ts';
import { validateProfiles } from './validate-profiles.ts';

const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const element = (id: string, rules: object) => {
  const sliceName = /:([^.:]*)$/.exec(id)?.[1];
  return { id, path: id.replace(/:[^.]*/g, ''), ...(sliceName ? { sliceName } : {}), ...rules };
};

/** Issues of a validation, which must not take much longer than it may, on a slow machine either. */
function bounded(resource: object, definitions: readonly ReturnType<typeof profileOf>[] = []) {
  const conformance = { canonicals: canonicalsOf(definitions, r4Canonicals()), terminology: noTerminology };
  const start = performance.now();
  const issues = validateProfiles(
    resource,
    { conformance },
    definitions.map(({ url }) => url),
  );
  const time = performance.now() - start;
  assert.ok(time < 3 * profileLimits.time, `it took ${Math.round(time)} ms`);
  return issues;
}

test('attack 67: a Bundle of forty thousand entries', () => {
  const entry = many(40_000, (at) => ({
    fullUrl: `http://a.example/Basic/${at % 2}`,
    resource: { resourceType: 'Basic', id: 'x', code: {} },
  }));
  assert.ok(bounded({ resourceType: 'Bundle', type: 'document', entry }).length > 0);
});

test('attack 67: as many contained resources as links to them', () => {
  const contained = many(10_000, (at) => ({ resourceType: 'Organization', id: `o${at}`, name: 'x' }));
  const generalPractitioner = many(10_000, (at) => ({ reference: `#o${at}` }));
  bounded({ resourceType: 'Patient', contained, generalPractitioner });
});

test('attack 67: a contained resource with many values', () => {
  const contained = [{ resourceType: 'Group', id: 'g', extension: many(150_000, () => 1) }];
  bounded({ resourceType: 'Patient', contained });
});

test('attack 67: thousands of slices and of values', () => {
  const slices = many(2_000, (at) => element(`Patient.name:s${at}`, { patternHumanName: { text: `s${at}` } }));
  const slicing = { slicing: { discriminator: [{ type: 'value', path: '$this' }], rules: 'open' } };
  const profile = profileOf('Patient', [element('Patient.name', slicing), ...slices]);
  const issues = bounded({ resourceType: 'Patient', name: many(20_000, () => ({ text: 'x' })) }, [profile]);
  assert.ok(
    issues.some(({ severity, code }) => severity === 'error' && code === 'too-costly'),
    'what was not checked is not valid',
  );
});

test('attack 67: a pattern with as many items as the value', () => {
  const coding = many(3_000, (at) => ({ code: `c${at}` }));
  const profile = profileOf('Basic', [
    element('Basic.code', { patternCodeableConcept: { coding: [...coding].reverse() } }),
  ]);
  bounded({ resourceType: 'Basic', code: { coding } }, [profile]);
});

test('attack 67: profiles that lead from one to the next in many ways', () => {
  const url = (at: number) => `http://clinic.example/StructureDefinition/p${at}`;
  const profiles = many(12, (at) =>
    profileOf(
      'Observation',
      [
        element('Observation.hasMember', {
          slicing: { discriminator: [{ type: 'profile', path: 'resolve()' }], rules: 'open' },
        }),
        ...many(11, (other) =>
          element(`Observation.hasMember:s${other}`, {
            type: [{ code: 'Reference', targetProfile: [url((at + other + 1) % 12)] }],
          }),
        ),
      ],
      { url: url(at) },
    ),
  );
  const hasMember = many(12, (at) => ({ reference: `#o${at}` }));
  const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' }, hasMember };
  bounded({ ...observation, contained: many(12, (at) => ({ ...observation, id: `o${at}` })) }, profiles);
});

test('a definition of any shape is no crash', () => {
  const shapes = [
    { element: [null] },
    { element: [{}] },
    { element: 5 },
    { element: [{ path: 5 }] },
    { element: [{ path: 'Patient', type: 5 }] },
  ];
  for (const snapshot of shapes) {
    const issues = bounded({ resourceType: 'Patient' }, [profileOf('Patient', [], { snapshot })]);
    assert.ok(issues.every(({ severity, code }) => severity !== 'error' || code === 'not-found'));
  }
});

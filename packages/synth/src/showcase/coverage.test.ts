import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransactionBundle } from '../bundle.ts';
import { patients } from '../patients.ts';
import { supportingBundle } from '../supporting.ts';
import { type Records, type ResourceJson, unmet } from '../testing/demands.ts';
import { isDemanded, type Profile, profileOf } from '../testing/element.ts';
import { type FhirPackage, readPackage } from '../testing/package.ts';
import { violations } from '../testing/violations.ts';
import { showcase } from './showcase.ts';

/** Several, so that luck does not decide. */
const seeds = ['coverage', 2, 'demo'] as const;
const [seed] = seeds;

/** What no record can hold, and why. */
const apart: readonly (readonly [why: string, demand: RegExp])[] = [
  ['servers write it', /meta(\.lastUpdated)?: /],
  ['one measurement has no parts', /(?<!\/us-core-(blood-pressure|pulse-oximetry|vital-signs)) Observation\.component/],
  ['a blood pressure is the two values of its parts', /us-core-blood-pressure Observation\.value\[x\]: /],
];

function recordsOf(packages: FhirPackage, from: string | number, others: readonly TransactionBundle[] = []): Records {
  const bundles = [supportingBundle({ seed: from }), ...showcase({ seed: from }), ...others];
  const named = new Map<string, ResourceJson>();
  for (const { fullUrl, resource, request } of bundles.flatMap(({ entry }) => entry)) {
    named.set(fullUrl, resource);
    named.set(`${resource.resourceType}/${resource.id}`, resource);
    if ('ifNoneExist' in request) named.set(`${request.url}?${request.ifNoneExist}`, resource);
  }
  const definitions = [...packages.values()].filter(({ resourceType }) => resourceType === 'StructureDefinition');
  const profiles = new Map(definitions.map((definition) => [definition.url, profileOf(definition)]));
  const resources = bundles.flatMap(({ entry }) => entry.map(({ resource }) => resource));
  return { packages, profiles, resources, resolve: (reference) => named.get(reference) };
}

/** Profiles of resources, and of the extensions that they demand. */
function demanded(profiles: ReadonlyMap<string, Profile>): readonly Profile[] {
  const ofResources = [...profiles.values()].filter(({ type }) => type !== 'Extension');
  const urls = ofResources.flatMap(({ elements }) =>
    [...elements.values()].filter(isDemanded).flatMap(({ type = [] }) => type.flatMap(({ profile = [] }) => profile)),
  );
  const extensions = [...new Set(urls)].flatMap((url) => profiles.get(url) ?? []);
  return [...ofResources, ...extensions.filter(({ type }) => type === 'Extension')];
}

for (const [version, file, count] of [
  ['6.1.0', 'shared/data/ig/us_core_610.tgz', 49],
  ['7.0.0', 'shared/data/ig/us_core_700.tgz', 52],
] as const) {
  const packages = readPackage(file);
  describe(`US Core ${version}`, { skip: packages ? false : `it is not beside the repository, at ${file}` }, () => {
    const records = recordsOf(packages ?? new Map(), seed);

    test('the showcase has every must-support element, slice, extension, type and reference target', () => {
      const profiles = demanded(records.profiles);
      assert.ok(profiles.length > count, `${profiles.length} profiles`);
      for (const one of seeds) {
        const some = recordsOf(packages ?? new Map(), one);
        const missing = profiles.flatMap((profile) => unmet(some, profile));
        const isApart = (demand: string) => apart.some(([, pattern]) => pattern.test(demand));
        assert.deepEqual(
          missing.filter((demand) => !isApart(demand)),
          [],
        );
      }
    });

    test('a record that lacks something is seen', () => {
      const without = (type: string, profile: string) =>
        unmet(
          { ...records, resources: records.resources.filter(({ resourceType }) => resourceType !== type) },
          records.profiles.get(`http://hl7.org/fhir/us/core/StructureDefinition/${profile}`) as Profile,
        );
      assert.match(String(without('Specimen', 'us-core-specimen')), /no resource claims it/);
      const bare = records.resources.map(({ extension: _, ...resource }) => resource as ResourceJson);
      const profile = records.profiles.get('http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient');
      assert.match(String(unmet({ ...records, resources: bare }, profile as Profile)), /extension:race: nowhere/);
    });

    test('a record that breaks what it claims is seen', () => {
      const broken = (type: string, change: (resource: Record<string, unknown>) => void) => {
        const resource = structuredClone(records.resources.find(({ resourceType }) => resourceType === type));
        assert.ok(resource);
        change(resource as Record<string, unknown>);
        const some = { ...records, resources: [resource] };
        return [...records.profiles.values()].flatMap((profile) => violations(some, profile)).join('\n');
      };
      const loinc = [{ coding: [{ system: 'http://loinc.org', code: '11506-3' }] }];
      assert.match(
        broken('Coverage', (coverage) => delete coverage.relationship),
        /relationship: 0 of at least 1/,
      );
      assert.match(
        broken('CarePlan', (plan) => Object.assign(plan, { category: loinc })),
        /category:AssessPlan: 0 of at least 1/,
      );
      assert.match(
        broken('CarePlan', (plan) => Object.assign(plan, { text: { ...(plan.text as object), status: 'empty' } })),
        /text.status: no code of/,
      );
      assert.match(
        broken('Coverage', (coverage) => Object.assign(coverage, { payor: [coverage.payor, coverage.payor].flat() })),
        /payor: 2 of at most 1/,
      );
    });

    test('what patients and the showcase claim in meta.profile is kept', () => {
      const everything = recordsOf(packages ?? new Map(), seed, [...patients({ seed, count: 20 })]);
      assert.deepEqual(
        [...everything.profiles.values()].flatMap((profile) => violations(everything, profile)),
        [],
      );
    });
  });
}

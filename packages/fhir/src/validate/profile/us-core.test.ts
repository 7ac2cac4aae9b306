import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readArchive } from '../../../scripts/archive.ts';
import type { Resource } from '../../resource/resource.ts';
import { terminologyOf } from '../../terminology/terminology-of.ts';
import { type UsCore, usCore } from '../../testing/canonicals.ts';
import { validateProfiles } from './validate-profiles.ts';

/** Published examples that break a rule, and which. */
const wrong: Readonly<Record<string, string>> = {
  '6.1.0 Bundle-docref-example-2': 'The last entry’s fullUrl ends with another id than its resource has.',
  '6.1.0 Bundle-66c8856b-ba11-4876-8aa8-467aad8c11a2': 'It is the same Bundle as docref-example-2.',
};

function conformanceOf({ canonicals }: UsCore) {
  return { canonicals, terminology: terminologyOf(canonicals) };
}

for (const version of ['6.1.0', '7.0.0'] as const) {
  const package_ = usCore(version);
  describe(`examples of US Core ${version}`, {
    skip: package_ ? false : 'the package is not beside the repository',
  }, () => {
    test('each meets R4 and the profiles that it claims', () => {
      const conformance = conformanceOf(package_!);
      let claims = 0;
      for (const { name, resource } of package_!.examples) {
        const issues = validateProfiles(resource, { conformance });
        claims += resource.meta?.profile?.length ?? 0;
        const errors = issues.filter(({ severity }) => severity === 'error');
        const found = errors.map(({ expression, diagnostics }) => `${expression?.join()} ${diagnostics}`).join('\n');
        assert.equal(errors.length > 0, Object.hasOwn(wrong, `${version} ${name}`), `${name}: ${found}`);
      }
      assert.ok(claims > 150, `${claims} claims were checked`);
    });

    test('an example that is spoilt is refused by its profile', () => {
      const conformance = conformanceOf(package_!);
      const example = package_!.examples.find(({ name }) => name === 'Patient-example');
      for (const member of ['name', 'gender', 'identifier']) {
        const issues = validateProfiles(
          { ...example!.resource, [member]: undefined, [`_${member}`]: undefined },
          { conformance },
        );
        const places = issues.filter(({ code }) => code === 'required').flatMap(({ expression }) => expression ?? []);
        assert.ok(places.includes(`Patient.${member}`), member);
      }
    });
  });
}

const bundles = readArchive('shared/data/synthea/us-core-100.tar.zst')?.filter(({ name }) => name.endsWith('.json'));
const profiles = usCore('6.1.0');

describe('Synthea patients', { skip: bundles && profiles ? false : 'they are not beside the repository' }, () => {
  test('meet the US Core profiles that they claim', () => {
    const conformance = conformanceOf(profiles!);
    const shared = bundles!.filter(({ name }) => /hospitalInformation|practitionerInformation/.test(name));
    let checked = 0;
    for (const { name, text } of [...shared, ...bundles!.slice(0, 2)]) {
      const { entry } = JSON.parse(text()) as { readonly entry: readonly { readonly resource: Resource }[] };
      for (const { resource } of entry) {
        const errors = validateProfiles(resource, { conformance }).filter(({ severity }) => severity === 'error');
        assert.deepEqual(errors, [], `${name} ${resource.resourceType}/${resource.id}`);
        checked += 1;
      }
    }
    assert.ok(checked > 500, `${checked} resources were checked`);
  });
});

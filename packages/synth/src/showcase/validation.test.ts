import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noTerminology, type Resource, validateProfiles } from '@chartgate/fhir';
import { usCore } from '../../../fhir/src/testing/canonicals.ts';
import { patients } from '../patients.ts';
import { supportingBundle } from '../supporting.ts';
import { showcase } from './showcase.ts';

const seed = 'validation';
const shown = [supportingBundle({ seed }), ...showcase({ seed })].flatMap(({ entry }) => entry);
const random = [...patients({ seed, count: 20 })].flatMap(({ entry }) => entry);
const named = new Map<string, Resource>(
  [...shown, ...random].flatMap(({ fullUrl, resource, request }) => {
    const names = [fullUrl, `${resource.resourceType}/${resource.id}`];
    if ('ifNoneExist' in request) names.push(`${request.url}?${request.ifNoneExist}`);
    return names.map((name) => [name, resource as Resource] as const);
  }),
);

/** The random patients by one version only, for the sake of time; `coverage.test.ts` holds them to the other too. */
for (const [version, entries] of [
  ['6.1.0', [...shown, ...random]],
  ['7.0.0', shown],
] as const) {
  const published = usCore(version);
  describe(`US Core ${version}`, { skip: published ? false : 'the package is not beside the repository' }, () => {
    test(`${entries.length} resources meet R4, its invariants, and the profiles that they claim`, () => {
      assert.ok(published);
      const conformance = { canonicals: published.canonicals, terminology: noTerminology };
      const context = { conformance, resolve: (reference: string) => named.get(reference) };
      const errors = entries.flatMap(({ resource }) =>
        validateProfiles(resource, context)
          .filter(({ severity }) => severity === 'error' || severity === 'fatal')
          .map(({ diagnostics, expression }) => `${expression?.join()}: ${diagnostics}`),
      );
      assert.deepEqual([...new Set(errors)], []);
    });
  });
}

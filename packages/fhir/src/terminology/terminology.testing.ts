import { canonicalIndex } from '../conformance/canonical-index.ts';
import type { CanonicalResource, CanonicalSource } from '../conformance/canonical-source.ts';

/** A small source: a code system of animals with a hierarchy, and value sets of it. */
export const animals = 'http://a.example/CodeSystem/animals';

const animalSystem: CanonicalResource = {
  resourceType: 'CodeSystem',
  url: animals,
  version: '1.0.0',
  name: 'Animals',
  status: 'active',
  content: 'complete',
  caseSensitive: true,
  property: [{ code: 'legs', type: 'integer' }],
  concept: [
    {
      code: 'animal',
      display: 'Animal',
      property: [{ code: 'notSelectable', valueBoolean: true }],
      concept: [
        {
          code: 'mammal',
          display: 'Mammal',
          concept: [
            {
              code: 'dog',
              display: 'Dog',
              definition: 'It barks.',
              property: [{ code: 'legs', valueInteger: 4 }],
              designation: [{ language: 'de', value: 'Hund' }],
            },
            { code: 'whale', display: 'Blue whale', property: [{ code: 'legs', valueInteger: 0 }] },
          ],
        },
        { code: 'bird', display: 'Bird', property: [{ code: 'legs', valueInteger: 2 }] },
      ],
    },
    { code: 'duck', display: 'Duck', property: [{ code: 'subsumedBy', valueCode: 'bird' }] },
    {
      code: 'dodo',
      display: 'Dodo',
      property: [
        { code: 'parent', valueCode: 'bird' },
        { code: 'status', valueCode: 'retired' },
      ],
    },
  ],
};

export function valueSet(name: string, compose: object, more: object = {}): CanonicalResource {
  return { resourceType: 'ValueSet', url: vs(name), version: '1.0.0', status: 'active', compose, ...more };
}

/** The URL of a value set. */
export const vs = (name: string) => `http://a.example/ValueSet/${name}`;

export function sourceOf(...resources: readonly CanonicalResource[]): CanonicalSource {
  return canonicalIndex([animalSystem, ...resources].map((resource) => ({ ...resource, read: () => resource })));
}

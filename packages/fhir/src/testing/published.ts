import { type ArchivedFile, readArchive } from '../../scripts/archive.ts';
import type { CanonicalResource, CanonicalSource } from '../conformance/canonical-source.ts';
import type { Resource } from '../resource/resource.ts';

/** Published packages that lie beside the repository; undefined where they are not there. */
export type Published = { readonly canonicals: CanonicalSource; readonly examples: readonly Example[] };

export type Example = { readonly name: string; readonly resource: Resource };

const archives = {
  core: 'shared/data/fhir/hl7.fhir.r4.core-4.0.1.tar.zst',
  '6.1.0': 'shared/data/ig/us_core_610.tgz',
  '7.0.0': 'shared/data/ig/us_core_700.tgz',
} as const;

/** R4's own definitions, and those of US Core in a version, with its examples. */
export function published(...names: readonly (keyof typeof archives)[]): Published | undefined {
  const all = names.map((name) => readArchive(archives[name]));
  if (all.includes(undefined)) return undefined;
  const files = all.flatMap((some) => some ?? []);
  const examples = files.filter(({ name }) => name.startsWith('package/example/') && name.endsWith('.json'));
  return {
    canonicals: sourceOf(files.filter(({ name }) => /(^|\/)StructureDefinition-[^/]*\.json$/.test(name))),
    examples: examples.map(({ name, text }) => ({ name: name.slice(16, -5), resource: JSON.parse(text()) })),
  };
}

/** A source of the resources in files; a later one with the same URL counts. */
function sourceOf(files: readonly ArchivedFile[]): CanonicalSource {
  return canonicalsOf(files.map(({ text }) => JSON.parse(text())));
}

/** A source of the given resources. */
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

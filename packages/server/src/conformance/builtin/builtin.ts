import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  type CanonicalEntry,
  type CanonicalResource,
  type CanonicalSource,
  canonicalIndex,
  firstOf,
  noCanonicals,
} from '@chartgate/fhir';
import type { PackageId } from '../../store/conformance-ports.ts';
import { parsed } from '../parsed.ts';
import type { FilePlaces, PackagePlaces, Place, Places } from './places.ts';
import { onlyR4 } from './structure.ts';

/** What comes with the program: R4's own definitions, and HL7's terminology where npm installed it. */
export type Builtin = { readonly canonicals: CanonicalSource; readonly packages: readonly PackageId[] };

/**
 * The canonical resources in the npm packages. Nothing is read before the first of them is asked for; then the places
 * of all, and of each resource its own bytes.
 * @see docs/decisions/0016-definitions-at-run-time.md
 */
export function builtinConformance(): Builtin {
  let found: CanonicalSource | undefined;
  const canonicals = (type: string) => {
    if (!types.has(type)) return noCanonicals;
    found ??= firstOf(readPlaces().map(sourceOf).toReversed());
    return found;
  };
  return {
    canonicals: {
      find: (type, canonical) => canonicals(type).find(type, canonical),
      list: (type) => canonicals(type).list(type),
    },
    packages: [{ name: 'hl7.fhir.r4.core', version: '4.0.1' }, ...terminologyPackage()],
  };
}

/** R4's search parameters are not among them: `@chartgate/fhir` has them, and who lists them wants the others. */
const types: ReadonlySet<string> = new Set([
  'CodeSystem',
  'CompartmentDefinition',
  'ConceptMap',
  'OperationDefinition',
  'StructureDefinition',
  'ValueSet',
]);

const require = createRequire(import.meta.url);

function readPlaces(): Places {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'generated/places.json'), 'utf8')) as Places;
}

/** HL7's terminology goes before R4's copies of the same code systems, whose numbering is another. */
function sourceOf({ anchor, files }: PackagePlaces): CanonicalSource {
  const folder = folderOf(anchor);
  if (folder === undefined) return noCanonicals;
  return canonicalIndex(
    files.flatMap((file) => {
      const read = fileReader(join(folder, file.path), file);
      return file.resources.map((place) => entryOf(place, read));
    }),
  );
}

function entryOf(place: Place, read: (place: Place) => string): CanonicalEntry {
  const [resourceType, url, version] = place;
  return {
    resourceType,
    url,
    ...(version === '' ? {} : { version }),
    read: () => parsed(place, () => read(place), repair),
  };
}

function repair(resource: CanonicalResource): CanonicalResource {
  return resource.resourceType === 'StructureDefinition' ? onlyR4(resource) : resource;
}

/** Opened for each reading: most files hold one resource. @throws {Error} where it is not the file of the places */
function fileReader(path: string, { size }: FilePlaces): (place: Place) => string {
  return ([, , , start, length]) => {
    const file = openSync(path, 'r');
    try {
      if (fstatSync(file).size !== size) {
        throw new Error(`${path} is not the file that this version of Chartgate was made with: run npm ci again.`);
      }
      const bytes = Buffer.allocUnsafe(length);
      readSync(file, bytes, 0, length, start);
      return bytes.toString('utf8');
    } finally {
      closeSync(file);
    }
  };
}

/** Undefined where npm could not install the package, which is an optional one. */
function folderOf(anchor: string): string | undefined {
  try {
    return dirname(require.resolve(anchor));
  } catch {
    return undefined;
  }
}

function terminologyPackage(): readonly PackageId[] {
  const folder = folderOf('hl7.terminology.r4/package.json');
  if (folder === undefined || !existsSync(folder)) return [];
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageId;
  return [{ name: 'hl7.terminology.r4', version }];
}

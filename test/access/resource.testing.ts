import {
  type CanonicalResource,
  canonicalIndex,
  compartmentParameters,
  isPrimitive,
  type Resource,
  r4SearchParameters,
  terminologyOf,
  typeDefinition,
} from '@chartgate/fhir';
import type { Random } from '../../packages/server/src/store/postgres/search/random.testing.ts';

/** Resources of any type, made by R4's definitions: few different values, so that searches find several. */

type Json = Record<string, unknown>;

/** Gives a reference to one of these types, or none. */
export type ReferenceMaker = (types: readonly string[]) => string | undefined;

const never = new Set([
  'contained',
  'extension',
  'modifierExtension',
  'text',
  'implicitRules',
  'language',
  'meta',
  'id',
]);

/** A resource with what its type asks for and some of what it may have. It points at no patient by itself. */
export function randomResource(
  r: Random,
  { type, id, refer }: { type: string; id: string; refer: ReferenceMaker },
): Resource & { readonly id: string } {
  const told = typeDefinition(type).elements.some(({ name }) => name === 'text') && r() < 0.5;
  const text = told ? { text: narrative(r) } : {};
  return { resourceType: type, id, ...text, ...membersOf(r, type, refer, 0) };
}

function narrative(r: Random): Json {
  const div = `<div xmlns="http://www.w3.org/1999/xhtml">${r.pick(words)} ${r.pick(words)}</div>`;
  return { status: 'generated', div };
}

function membersOf(r: Random, type: string, refer: ReferenceMaker, depth: number): Json {
  const members: Json = {};
  for (const element of typeDefinition(type).elements) {
    if (never.has(element.name)) continue;
    if (element.min === 0 && r() > [0.45, 0.4, 0.12][Math.min(depth, 2)]!) continue;
    if (element.min === 0 && depth > 3) continue;
    const chosen = r.pick(element.types);
    if (chosen.name === 'Resource' || chosen.name === 'Extension') continue;
    const value = valueFor(r, chosen, refer, depth + 1);
    if (value !== undefined) members[chosen.member] = element.max > 1 ? [value] : value;
  }
  return members;
}

type ElementType = ReturnType<typeof typeDefinition>['elements'][number]['types'][number];

function valueFor(r: Random, { name, targets }: ElementType, refer: ReferenceMaker, depth: number): unknown {
  if (isPrimitive(name)) return primitive(r, name);
  switch (name) {
    case 'Reference': {
      const reference = refer(targets.filter((target) => target !== 'Patient'));
      return reference === undefined ? undefined : { reference };
    }
    case 'CodeableConcept':
      return { coding: [coding(r)], text: r.pick(words) };
    case 'Coding':
      return coding(r);
    case 'Identifier':
      return {
        ...(r() < 0.5 ? { type: { coding: [coding(r)], text: r.pick(words) } } : {}),
        ...{ system: r.pick(systems), value: r.pick(codes) },
      };
    case 'Quantity':
    case 'SimpleQuantity':
    case 'Age':
    case 'Duration':
      return { value: r.pick([0.5, 1, 5.4, 100]), system: 'http://unitsofmeasure.org', code: r.pick(units) };
    case 'Attachment':
      return { contentType: 'text/plain', url: r.pick(['Binary/bin-a', 'Binary/bin-b', 'https://else.example/1.txt']) };
    case 'Period':
      return { start: r.pick(dates), end: '2024-01-01' };
    default: {
      const members = membersOf(r, name, refer, depth);
      return Object.keys(members).length === 0 ? undefined : members;
    }
  }
}

/** The code system that the charts' terminology knows, and value sets of it. */
export const animals = 'urn:s';
export const valueSets = ['urn:vs', 'https://else.example/a'] as const;

const system = canonical({
  ...{ resourceType: 'CodeSystem', url: animals, status: 'active', content: 'complete', caseSensitive: true },
  concept: [{ code: 'a', concept: [{ code: 'b', concept: [{ code: 'c' }] }] }, { code: 'lab' }],
});
const sets = valueSets.map((url, i) => {
  const concept = [['a', 'b'], ['lab']][i]?.map((code) => ({ code }));
  return canonical({
    resourceType: 'ValueSet',
    url,
    status: 'active',
    compose: { include: [{ system: animals, concept }] },
  });
});

function canonical(resource: CanonicalResource) {
  return { ...resource, read: () => resource };
}

/** What both charts know of codes. */
export const terminology = terminologyOf(canonicalIndex([system, ...sets]));

/** Units of two kinds. */
export const units = ['mg/dL', 'g/L', 'm', 'cm'];

export const words = ['ash', 'birch', 'cedar', 'Elm', 'fir'];
const codes = ['a', 'b', 'c', 'lab'];
const systems = ['urn:s', 'urn:t'];
const dates = ['2019-03-01', '2020', '2020-02', '2021-06-01', '2022-05-05'];

const coding = (r: Random) => ({ system: r.pick(systems), code: r.pick(codes) });

function primitive(r: Random, name: string): unknown {
  switch (name) {
    case 'boolean':
      return r() < 0.5;
    case 'integer':
    case 'positiveInt':
    case 'unsignedInt':
      return 1 + Math.floor(r() * 5);
    case 'decimal':
      return r.pick([0.5, 1, 5.4, 100]);
    case 'date':
    case 'dateTime':
      return r.pick(dates);
    case 'instant':
      return '2021-06-01T10:00:00Z';
    case 'time':
      return '10:00:00';
    case 'code':
      return r.pick(codes);
    case 'id':
      return r.pick(codes);
    case 'uri':
    case 'url':
    case 'canonical':
    case 'oid':
    case 'uuid':
      return `https://else.example/${r.pick(codes)}`;
    case 'base64Binary':
      return 'YQ==';
    default:
      return r.pick(words);
  }
}

/** Paths from a type to where a search parameter's references stand, such as `['participant', 'actor']`. */
export function pathsOf(type: string, code: string): readonly (readonly string[])[] {
  const { expression = '' } = r4SearchParameters.find(type, code) ?? {};
  return expression
    .split('|')
    .map((branch) =>
      branch
        .trim()
        .replace(/^\(|\)$/g, '')
        .replace(/ as \w+$|\.as\(\w+\)|\.where\(.*$/g, ''),
    )
    .filter((branch) => branch.startsWith(`${type}.`))
    .map((branch) => branch.split('.').slice(1));
}

/** Where references put a resource of the type into a patient's compartment. */
export function compartmentPaths(type: string): readonly (readonly string[])[] {
  return uniquePaths(compartmentParameters(type).flatMap((code) => pathsOf(type, code)));
}

/** Where a resource of the type may point at a patient without belonging to it. */
export function otherPaths(type: string): readonly (readonly string[])[] {
  const own = new Set(compartmentPaths(type).map((path) => path.join('.')));
  const codes = r4SearchParameters.of(type).filter((p) => p.type === 'reference' && p.target.includes('Patient'));
  return uniquePaths(codes.flatMap(({ code }) => pathsOf(type, code))).filter(
    (path) => !own.has(path.join('.')) && isReference(type, path),
  );
}

function isReference(type: string, [name = '', ...rest]: readonly string[]): boolean {
  const element = typeDefinition(type).elements.find((one) => one.name === name);
  if (rest.length === 0) return element?.types.some((one) => one.name === 'Reference') ?? false;
  const [inner] = element?.types ?? [];
  return inner !== undefined && !isPrimitive(inner.name) && isReference(inner.name, rest);
}

function uniquePaths(paths: readonly (readonly string[])[]) {
  return [...new Map(paths.map((path) => [path.join('.'), path])).values()];
}

/** The resource with a reference at the end of the path, in arrays where the type has them. */
export function withReference<R extends Resource>(resource: R, path: readonly string[], reference: string): R {
  return { ...resource, ...placed(resource.resourceType, resource as unknown as Json, path, reference) };
}

function placed(type: string, value: Json, [name = '', ...rest]: readonly string[], reference: string): Json {
  const element = typeDefinition(type).elements.find((one) => one.name === name);
  if (!element) throw new Error(`${type} has no ${name}`);
  const chosen = element.types.find((one) => (rest.length === 0 ? one.name === 'Reference' : true));
  if (!chosen) throw new Error(`${type}.${name} is no reference`);
  const before = value[chosen.member];
  const isMany = element.max > 1;
  const inner = isMany ? (before as unknown[] | undefined)?.[0] : before;
  const end = rest.length === 0 ? { reference } : placed(chosen.name, (inner ?? {}) as Json, rest, reference);
  const made = rest.length === 0 ? end : { ...((inner ?? {}) as Json), ...end };
  const others = isMany && rest.length === 0 ? ((before as unknown[] | undefined) ?? []) : [];
  return { [chosen.member]: isMany ? [...others, made] : made };
}

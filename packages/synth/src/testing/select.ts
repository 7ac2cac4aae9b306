import { type Element, type Profile, patternOf } from './element.ts';
import type { CanonicalJson, FhirPackage } from './package.ts';

/** A value in a resource: of a choice with its type, of a primitive with its companion (`_member`). */
export type Node = { readonly value: unknown; readonly companion?: unknown; readonly type?: string };

/** What an element id of a profile's snapshot stands for in a resource: slices by their discriminators. */
export function select(profile: Profile, resource: object, id: string, packages: FhirPackage): readonly Node[] {
  const [root = '', ...segments] = id.split('.');
  let nodes: readonly Node[] = [{ value: resource }];
  let at = root;
  for (const segment of segments) {
    at = `${at}.${segment}`;
    nodes = nodes.flatMap((node) => selectIn(profile, node, at, packages));
  }
  return nodes;
}

/** What the last segment of an element id stands for inside of one node of its parent. */
export function selectIn(profile: Profile, parent: Node, id: string, packages: FhirPackage): readonly Node[] {
  const dot = id.lastIndexOf('.');
  const [name = '', slice] = id.slice(dot + 1).split(':');
  const nodes = children(parent, name);
  if (slice === undefined) return nodes;
  const place = { profile, packages, sliced: `${id.slice(0, dot)}.${name}`, sliceId: id };
  return nodes.filter((node) => isSlice(place, node));
}

/** Those that have a value: an extension instead of one, such as why it is absent, does not count. */
export function hasValue(node: Node): boolean {
  if (node.value === undefined || node.value === null) return false;
  return typeof node.value !== 'object' || Object.keys(node.value).some((key) => key !== 'extension' && key !== 'id');
}

function children({ value, companion }: Node, name: string): readonly Node[] {
  const holder = (typeof value === 'object' && value !== null ? value : companion) as
    | Record<string, unknown>
    | undefined;
  if (!holder) return [];
  if (!name.endsWith('[x]')) return nodesOf(holder, name);
  const stem = name.slice(0, -3);
  return Object.keys(holder)
    .filter((key) => key.startsWith(stem) && /^[A-Z]/.test(key.slice(stem.length)))
    .flatMap((key) => nodesOf(holder, key).map((node) => ({ ...node, type: key.slice(stem.length) })));
}

function nodesOf(holder: Record<string, unknown>, key: string): readonly Node[] {
  const [value, companion] = [holder[key], holder[`_${key}`]];
  if (!Array.isArray(value)) return value === undefined && companion === undefined ? [] : [{ value, companion }];
  return value.map((one, i) => ({ value: one, companion: Array.isArray(companion) ? companion[i] : undefined }));
}

type Slice = {
  readonly profile: Profile;
  readonly packages: FhirPackage;
  readonly sliced: string;
  readonly sliceId: string;
};

function isSlice(slice: Slice, node: Node): boolean {
  const { profile, sliced, sliceId } = slice;
  const element = profile.elements.get(sliceId);
  const type = element?.type?.[0];
  if (type?.code === 'Extension')
    return (node.value as { url?: string }).url === (type.profile?.[0] ?? fixedUrl(slice));
  const discriminators = profile.elements.get(sliced)?.slicing?.discriminator ?? [{ type: 'type', path: '$this' }];
  return discriminators.every((discriminator) =>
    discriminator.type === 'type'
      ? isOfType(element, node)
      : discriminates(slice, node, discriminator.path === '$this' ? [] : discriminator.path.split('.')),
  );
}

/** An extension inside of a complex one is told by its own element. */
function fixedUrl({ profile, sliceId }: Slice): unknown {
  return patternOf(profile.elements.get(`${sliceId}.url`));
}

function isOfType(element: Element | undefined, { type }: Node): boolean {
  return element?.type?.some(({ code }) => code.toLowerCase() === type?.toLowerCase()) === true;
}

/** By the pattern at the discriminator's path or above it; without one, by the codes of the required binding. */
function discriminates({ profile, packages, sliceId }: Slice, node: Node, path: readonly string[]): boolean {
  for (let depth = path.length; depth >= 0; depth--) {
    const inner = path.slice(0, depth);
    const element = profile.elements.get([sliceId, ...inner].join('.'));
    const pattern = patternOf(element);
    const found = inner.reduce<readonly Node[]>((nodes, name) => nodes.flatMap((one) => children(one, name)), [node]);
    if (pattern !== undefined) return found.some(({ value }) => contains(value, pattern));
    if (element?.binding?.strength === 'required' && element.binding.valueSet) {
      const { valueSet } = element.binding;
      return found.some(({ value }) =>
        codingsOf(value).some((coding) => isMember(packages, valueSet, coding) !== false),
      );
    }
  }
  throw new Error(`${sliceId} has nothing that tells its slice`);
}

/** Whether `value` has all that `pattern` has. @see https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_ */
export function contains(value: unknown, pattern: unknown): boolean {
  if (typeof pattern !== 'object' || pattern === null) return value === pattern;
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && pattern.every((one) => value.some((candidate) => contains(candidate, one)));
  }
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(pattern).every(([key, one]) => contains((value as Record<string, unknown>)[key], one));
}

export type CodingJson = { readonly system?: string; readonly code?: string };

/** The codings of a CodeableConcept, a Coding itself, or a code, whose system is implied. */
export function codingsOf(value: unknown): readonly CodingJson[] {
  if (typeof value === 'string') return [{ code: value }];
  const { coding, code } = (value ?? {}) as { readonly coding?: readonly CodingJson[]; readonly code?: unknown };
  if (coding) return coding;
  return typeof code === 'string' ? [value as CodingJson] : [];
}

type Include = {
  readonly system?: string;
  readonly concept?: readonly { readonly code: string }[];
  readonly filter?: unknown;
  readonly valueSet?: readonly string[];
};

/** Undefined where the codes are in no package at hand. */
export function isMember(packages: FhirPackage, valueSet: string, coding: CodingJson): boolean | undefined {
  const compose = packages.get(valueSet.split('|')[0] ?? '')?.compose as
    | { readonly include: readonly Include[] }
    | undefined;
  if (!compose) return undefined;
  const answers = compose.include.map((include) => isIncluded(packages, include, coding));
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

function isIncluded(packages: FhirPackage, include: Include, { system, code }: CodingJson): boolean | undefined {
  if (include.valueSet) {
    const answers = include.valueSet.map((url) =>
      isMember(packages, url, { ...(system && { system }), ...(code && { code }) }),
    );
    return answers.includes(undefined) ? undefined : answers.every(Boolean);
  }
  if (system !== undefined && include.system !== system) return false;
  const concepts = include.concept ?? (packages.get(include.system ?? '') as CodeSystemJson | undefined)?.concept;
  return include.filter === undefined && concepts ? concepts.some((one) => one.code === code) : undefined;
}

type CodeSystemJson = CanonicalJson & { readonly concept?: readonly { readonly code: string }[] };

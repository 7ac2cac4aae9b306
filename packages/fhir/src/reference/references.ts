import { isPrimitive, isResourceType, typeDefinition } from '../definitions/type.ts';
import type { Resource } from '../resource/resource.ts';

/** @see https://hl7.org/fhir/R4/references.html */
export type Reference = {
  readonly reference?: string;
  readonly type?: string;
  readonly identifier?: { readonly system?: string; readonly value?: string; readonly [member: string]: unknown };
  readonly display?: string;
  readonly [member: string]: unknown;
};

/** A Reference and where it stands: `Observation.subject`, `Patient.generalPractitioner[0]`, `Claim.extension[1].value`. */
export type FoundReference = { readonly path: string; readonly value: Reference };

const maxDepth = 100;

/**
 * Every Reference in a resource by the definitions of its types, in the order they are written; in extensions,
 * contained resources and entries of bundles too. What lies deeper than 100 elements, or where R4 has no such member,
 * is passed over.
 */
export function references(resource: Resource): readonly FoundReference[] {
  const found: FoundReference[] = [];
  if (isResourceType(resource.resourceType)) walk(resource, resource.resourceType, resource.resourceType, found, 0);
  return found;
}

function walk(value: unknown, type: string, path: string, found: FoundReference[], depth: number): void {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) walk(value[i], type, `${path}[${i}]`, found, depth + 1);
    return;
  }
  if (type === 'Reference') found.push({ path, value: value as Reference });
  const object = value as Readonly<Record<string, unknown>>;
  const members = type === 'Resource' ? membersOfResource(object.resourceType) : membersOf(type);
  for (const name in object) {
    const inner = object[name];
    if (typeof inner !== 'object') continue;
    const member = members.get(name);
    if (member) walk(inner, member.type, `${path}.${member.element}`, found, depth + 1);
  }
}

/** A member that can hold objects: the element it is, and the type of what it holds. */
type Member = { readonly element: string; readonly type: string };

const none: ReadonlyMap<string, Member> = new Map();
const cached = new Map<string, ReadonlyMap<string, Member>>();

function membersOfResource(type: unknown): ReadonlyMap<string, Member> {
  return typeof type === 'string' && isResourceType(type) ? membersOf(type) : none;
}

function membersOf(type: string): ReadonlyMap<string, Member> {
  const before = cached.get(type);
  if (before) return before;
  const members = new Map<string, Member>();
  for (const element of typeDefinition(type).elements) {
    for (const { name, member } of element.types) {
      if (isPrimitive(name)) members.set(`_${member}`, { element: element.name, type: 'Element' });
      else members.set(member, { element: element.name, type: name });
    }
  }
  cached.set(type, members);
  return members;
}

import type { Resource } from '../resource/resource.ts';
import type { Criterion } from './ast.ts';
import type { SearchParameters } from './parameters.ts';
import type { SearchValue } from './value.ts';

/**
 * R4 has chains go through contained resources as through others, though these have no identity: what they hold is
 * searched as part of the resource they are contained in. The parameter `code` of a Medication that `medication` points
 * at is the parameter `medication:Medication.code` of the MedicationRequest; `medication:Medication.` says that there is one.
 * @see https://hl7.org/fhir/R4/references.html#contained
 */
export function containedParameter(code: string, type: string, inner = ''): string {
  return `${code}:${type}.${inner}`;
}

/** Contained resources that one resource may point at along a chain, one behind the other. */
const maxDepth = 3;

/** Values of contained resources that are searched. */
const maxValues = 2000;

/** What a resource holds in those it contains, along its references to them. */
export function containedValues(resource: Resource, parameters: SearchParameters): readonly SearchValue[] {
  const { contained } = resource as { readonly contained?: readonly Resource[] };
  if (!Array.isArray(contained) || contained.length === 0) return [];
  const out: SearchValue[] = [];
  const container = containerOf(contained, parameters);
  collect(out, container, { pointers: container.pointersOf(resource), prefix: '', depth: 0 });
  return out;
}

/** `parameter` points at the contained resource of this index. */
type Pointer = { readonly parameter: string; readonly index: number };

type Place = { readonly pointers: readonly Pointer[]; readonly prefix: string; readonly depth: number };

function collect(out: SearchValue[], container: Container, { pointers, prefix, depth }: Place): void {
  for (const { parameter, index } of pointers) {
    const inner = container.at(index);
    const along = `${prefix}${containedParameter(parameter, inner.type)}`;
    const values: readonly SearchValue[] = [{ kind: 'token', parameter: '', code: inner.type }, ...inner.values];
    for (const value of values) {
      if (out.length >= maxValues) return;
      out.push({ ...value, parameter: `${along}${value.parameter}` });
    }
    if (depth + 1 < maxDepth) collect(out, container, { pointers: inner.pointers, prefix: along, depth: depth + 1 });
  }
}

type Inner = { readonly type: string; readonly values: readonly SearchValue[]; readonly pointers: readonly Pointer[] };
type Container = ReturnType<typeof containerOf>;

/** The contained resources, each looked at once, however many references there are to it. */
function containerOf(contained: readonly Resource[], parameters: SearchParameters) {
  const indexes = new Map(contained.map(({ id }, index) => [`#${id}`, index]));
  const known = new Map<number, Inner>();

  function pointersOf(resource: Resource): readonly Pointer[] {
    return parameters
      .valuesOf(pointing(resource, contained, indexes))
      .flatMap((value) =>
        value.kind === 'reference' && value.id?.startsWith(mark)
          ? [{ parameter: value.parameter, index: Number(value.id.slice(mark.length)) }]
          : [],
      );
  }

  function at(index: number): Inner {
    const before = known.get(index);
    if (before) return before;
    const resource = contained[index] as Resource;
    const values = parameters.valuesOf(resource);
    const inner = { type: resource.resourceType, values, pointers: pointersOf(resource) };
    known.set(index, inner);
    return inner;
  }

  return { pointersOf, at };
}

/** What no id of a resource is like. */
const mark = '.-contained-.';

/**
 * The resource with its references to contained ones written like others, so that parameters find them. What has none is
 * shared with the one given.
 */
function pointing(resource: Resource, contained: readonly Resource[], indexes: ReadonlyMap<string, number>): Resource {
  function pointed<T extends object>(value: T): T {
    let copy: T | undefined;
    for (const name in value) {
      const member: unknown = value[name];
      let next = member;
      if (typeof member === 'string') next = name === 'reference' ? outward(member) : member;
      else if (Array.isArray(member)) next = pointedItems(member);
      else if (typeof member === 'object' && member !== null) next = pointed(member);
      if (next === member) continue;
      copy ??= { ...value };
      (copy as Record<string, unknown>)[name] = next;
    }
    return copy ?? value;
  }

  function pointedItems(items: readonly unknown[]): readonly unknown[] {
    const next = items.map((item) => {
      if (Array.isArray(item)) return pointedItems(item);
      return typeof item === 'object' && item !== null ? pointed(item) : item;
    });
    return next.some((item, n) => item !== items[n]) ? next : items;
  }

  function outward(reference: string): string {
    const index = indexes.get(reference);
    return index === undefined ? reference : `${contained[index]?.resourceType}/${mark}${index}`;
  }

  const { contained: _, ...own } = resource as Resource & { readonly contained?: unknown };
  return pointed(own as Resource);
}

/**
 * A criterion on resources of a type as one on those that contain them and point at them by the parameter `code`;
 * undefined for what contained resources have not: an id, a time of update, references to them.
 */
export function asContained(code: string, type: string, criterion: Criterion): Criterion | undefined {
  if (!('parameter' in criterion) || criterion.kind === 'has') return undefined;
  const { parameter } = criterion;
  return { ...criterion, parameter: { ...parameter, code: containedParameter(code, type, parameter.code) } };
}

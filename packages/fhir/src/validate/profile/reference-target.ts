import { isResourceType } from '../../definitions/type.ts';
import { parseReference } from '../../reference/parse.ts';
import { targetInBundle } from './bundle-scope.ts';
import { innerResource } from './inner-resource.ts';
import { childItems, type Item, objectOf } from './item.ts';
import type { Scope } from './scope.ts';

/** Where the target of a reference lies. @see https://hl7.org/fhir/R4/valueset-resource-aggregation-mode.html */
export type ReferenceTarget = {
  readonly place: 'contained' | 'bundled' | 'referenced';
  /** Where the reference or `Reference.type` tells it. */
  readonly type: string | undefined;
  /** The resource, where it is at hand. */
  readonly item: Item | undefined;
};

/** What a Reference or canonical points at; undefined where it points at nothing, such as one with a display alone. */
export function targetOf(item: Item): ReferenceTarget | undefined {
  const reference = referenceText(item);
  if (reference === undefined || reference === '') return undefined;
  const found = resolveInScope(reference, item.scope);
  const stated = objectOf(item.value)?.type;
  const parsed = parseReference(reference);
  const type = found?.item.type ?? parsed.type ?? (typeof stated === 'string' ? stated : undefined);
  return {
    place: reference.startsWith('#') ? 'contained' : (found?.place ?? 'referenced'),
    type: type !== undefined && isResourceType(type) ? type : conditionalType(reference),
    item: found?.item,
  };
}

/** The text of a Reference, canonical or uri. */
export function referenceText({ type, value }: Item): string | undefined {
  const text = type === 'Reference' ? objectOf(value)?.reference : value;
  return typeof text === 'string' ? text : undefined;
}

/** `Patient?identifier=…`, which a transaction may have. */
function conditionalType(reference: string): string | undefined {
  const type = /^([A-Z][A-Za-z]+)\?/.exec(reference)?.[1];
  return type !== undefined && isResourceType(type) ? type : undefined;
}

type Resolved = { readonly item: Item; readonly place: ReferenceTarget['place'] };

/** The resource a reference leads to: contained, in the Bundle around, or known to the caller. */
export function resolveInScope(reference: string, scope: Scope): Resolved | undefined {
  if (reference.startsWith('#')) {
    const item = reference === '#' ? scope.root : containedResource(scope, reference.slice(1));
    return item && { item, place: 'contained' };
  }
  if (scope.bundle) {
    const target = targetInBundle(scope.bundle, reference, scope.fullUrl);
    if (target.kind === 'found') return { item: target.item, place: 'bundled' };
  }
  const resource = scope.run.context.resolve?.(reference);
  if (!resource || !isResourceType(resource.resourceType)) return undefined;
  return { item: resourceItem(resource, { run: scope.run }), place: 'referenced' };
}

/** The resource that `#id` means, from the resource that contains it or from one beside it. */
export function containedResource({ root, run }: Scope, id: string): Item | undefined {
  const known = run.contained.get(root.value) ?? new Map<unknown, Item>();
  if (!run.contained.has(root.value)) {
    run.contained.set(root.value, known);
    for (const item of childItems(root, 'contained')) known.set(objectOf(item.value)?.id, innerResource(item));
  }
  return known.get(id);
}

type Around = Pick<Scope, 'run'> & Partial<Pick<Scope, 'bundle' | 'fullUrl'>>;

/** The item of a resource that stands for itself: the one to validate, or one that a reference leads to. */
export function resourceItem(resource: { readonly resourceType: string }, around: Around): Item {
  const { resourceType: type } = resource;
  const scope = { run: around.run, isContained: false, bundle: around.bundle, fullUrl: around.fullUrl } as Scope;
  const item: Item = { type, value: resource, name: type, scope };
  scope.resource = item;
  scope.root = item;
  return item;
}

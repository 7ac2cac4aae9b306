import type { BundleScope } from './bundle-scope.ts';
import { childItems, type Item, objectOf } from './item.ts';
import type { Scope } from './scope.ts';

/**
 * An item that is a resource inside of another, with a scope of its own: contained in the root, in an entry of a
 * Bundle, or in Parameters. @param item as read from its parent, in the parent's scope
 */
export function innerResource(item: Item): Item {
  const outer = item.scope;
  const isContained = item.name === 'contained';
  const entry = item.parent?.type === 'Bundle.entry' ? objectOf(item.parent.value) : undefined;
  const fullUrl = typeof entry?.fullUrl === 'string' ? entry.fullUrl : isContained ? outer.fullUrl : undefined;
  const bundle = entry ? bundleScopeOf(item.parent?.parent) : outer.bundle;
  const scope = { run: outer.run, isContained, bundle, fullUrl } as Scope;
  const inner: Item = { ...item, scope };
  scope.resource = inner;
  scope.root = isContained ? outer.root : inner;
  return inner;
}

/** Entries with one fullUrl that are told apart, by their versions. */
const maxVersions = 100;

const known = new WeakMap<object, BundleScope>();

/** The entries of a Bundle, put in order once. */
function bundleScopeOf(bundle: Item | undefined): BundleScope | undefined {
  const value = objectOf(bundle?.value);
  if (!bundle || !value) return undefined;
  const before = known.get(bundle.scope);
  if (before) return before;
  const byFullUrl = new Map<string, Item[]>();
  const byReference = new Set<string>();
  const scope: BundleScope = { type: value.type, byFullUrl, byReference };
  known.set(bundle.scope, scope);
  for (const entry of childItems(bundle, 'entry')) {
    const [resource] = childItems(entry, 'resource');
    const fullUrl = objectOf(entry.value)?.fullUrl;
    if (!resource) continue;
    const id = objectOf(resource.value)?.id;
    if (typeof id === 'string') byReference.add(`${resource.type}/${id}`);
    if (typeof fullUrl !== 'string') continue;
    const inner = innerResource(resource);
    const others = byFullUrl.get(fullUrl);
    if (others && others.length >= maxVersions) continue;
    if (others) others.push(inner);
    else byFullUrl.set(fullUrl, [inner]);
  }
  return scope;
}

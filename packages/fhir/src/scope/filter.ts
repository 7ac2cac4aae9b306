import type { ResourceScope } from './scope.ts';

/** The granular part of a scope as written: `name=value` of each AND-ed filter, keyed by what it says decoded. */
export function filtersOf(scope: ResourceScope): ReadonlyMap<string, string> {
  const known = kept.get(scope);
  if (known) return known;
  const mark = scope.text.indexOf('?');
  const filters = filtersIn(mark < 0 ? '' : scope.text.slice(mark + 1));
  kept.set(scope, filters);
  return filters;
}

/** Scopes are compared with each other, all with all. */
const kept = new WeakMap<ResourceScope, ReadonlyMap<string, string>>();

/** The filters of a query, each once: a scope's criteria are in this order, one for each. */
export function filtersIn(query: string): ReadonlyMap<string, string> {
  const written = query.split('&').filter((part) => part !== '');
  return new Map(written.map((part) => [new URLSearchParams(part).toString(), part]));
}

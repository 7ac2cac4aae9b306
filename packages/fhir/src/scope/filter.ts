import type { ResourceScope } from './scope.ts';

/** The granular part of a scope as written: `name=value` of each AND-ed filter, keyed by what it says decoded. */
export function filtersOf(scope: ResourceScope): ReadonlyMap<string, string> {
  const mark = scope.text.indexOf('?');
  return filtersIn(mark < 0 ? '' : scope.text.slice(mark + 1));
}

/** The filters of a query, each once: a scope's criteria are in this order, one for each. */
export function filtersIn(query: string): ReadonlyMap<string, string> {
  const written = query.split('&').filter((part) => part !== '');
  return new Map(written.map((part) => [new URLSearchParams(part).toString(), part]));
}

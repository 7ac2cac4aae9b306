import type { SearchParameter, SearchParameterType } from '../search/parameter.ts';
import { type CompactSearchParameter, r4 } from './compact.ts';
import { resourceTypes } from './type.ts';

/**
 * R4's own search parameters of a resource type, with those of all resources (`_id`, `_lastUpdated`, `_profile`,
 * `_security`, `_source`, `_tag`), in no order.
 * @see https://hl7.org/fhir/R4/searchparameter-registry.html
 */
export function r4ParametersOf(type: string): readonly SearchParameter[] {
  return ['Resource', type]
    .flatMap((base) => byBase().get(base) ?? [])
    .map(([url, compact]) => searchParameterOf(type, url, compact));
}

type Entry = readonly [url: string, compact: CompactSearchParameter];

let bases: Map<string, Entry[]> | undefined;

function byBase(): Map<string, Entry[]> {
  if (bases) return bases;
  bases = new Map();
  for (const entry of Object.entries(r4.searchParameters)) {
    for (const base of entry[1].base) {
      const entries = bases.get(base);
      if (entries) entries.push(entry);
      else bases.set(base, [entry]);
    }
  }
  return bases;
}

function searchParameterOf(resourceType: string, url: string, compact: CompactSearchParameter): SearchParameter {
  const { code, expression } = compact;
  const target = resolvedTypes(resourceType, expression) ?? (compact.target === '*' ? anyTarget : compact.target) ?? [];
  return { code, type: compact.type as SearchParameterType, resourceType, expression, target, url };
}

/** `Observation.subject.where(resolve() is Patient)` points at patients alone, whatever else its parameter may elsewhere. */
function resolvedTypes(resourceType: string, expression: string): readonly string[] | undefined {
  const branches = expression.split('|').map((branch) => branch.trim());
  const own = branches.filter((branch) => branch.startsWith(`${resourceType}.`));
  const types = own.flatMap((branch) => /\.where\(resolve\(\) is (\w+)\)$/.exec(branch)?.[1] ?? []);
  return types.length > 0 && types.length === own.length ? [...new Set(types)] : undefined;
}

const anyTarget = resourceTypes.filter((type) => type !== 'Parameters');

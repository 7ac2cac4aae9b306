import type { SearchParameter, SearchParameterType } from '../search/parameter.ts';
import { type CompactSearchParameter, r4 } from './compact.ts';
import { isResourceType, resourceTypes } from './type.ts';

/**
 * The search parameters of a resource type, sorted by code, with those of all resources (`_id`, `_lastUpdated`,
 * `_profile`, `_security`, `_source`, `_tag`). Empty for what is no resource type.
 * @see https://hl7.org/fhir/R4/searchparameter-registry.html
 */
export function searchParameters(type: string): readonly SearchParameter[] {
  return [...parametersOf(type).values()];
}

/** The search parameter with this code on a resource type. */
export function searchParameter(type: string, code: string): SearchParameter | undefined {
  return parametersOf(type).get(code);
}

const none: ReadonlyMap<string, SearchParameter> = new Map();
const cached = new Map<string, ReadonlyMap<string, SearchParameter>>();

function parametersOf(type: string): ReadonlyMap<string, SearchParameter> {
  if (!isResourceType(type)) return none;
  const before = cached.get(type);
  if (before) return before;
  const parameters = new Map(
    ['Resource', type]
      .flatMap((base) => byBase().get(base) ?? [])
      .sort(([, a], [, b]) => (a.code < b.code ? -1 : 1))
      .map(([url, compact]) => [compact.code, searchParameterOf(type, url, compact)]),
  );
  cached.set(type, parameters);
  return parameters;
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

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
  const parameter = { code, type: compact.type as SearchParameterType, resourceType, expression, target, url };
  if (!compact.component) return parameter;
  const components = compact.component.flatMap((part) => r4Component(resourceType, ...part) ?? []);
  return { ...parameter, components };
}

/**
 * A part of a composite parameter: like the parameter of R4 that defines it, but read at `expression`, below the
 * composite's element. Undefined where R4 has no such parameter.
 * @see https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.component
 */
export function r4Component(resourceType: string, definition: string, expression: string): SearchParameter | undefined {
  const compact = r4.searchParameters[definition];
  return compact && { ...searchParameterOf(resourceType, definition, compact), expression };
}

/** `Observation.subject.where(resolve() is Patient)` points at patients alone, whatever else its parameter may elsewhere. */
function resolvedTypes(resourceType: string, expression: string): readonly string[] | undefined {
  const branches = expression.split('|').map((branch) => branch.trim());
  const own = branches.filter((branch) => branch.startsWith(`${resourceType}.`));
  const types = own.flatMap((branch) => /\.where\(resolve\(\) is (\w+)\)$/.exec(branch)?.[1] ?? []);
  return types.length > 0 && types.length === own.length ? [...new Set(types)] : undefined;
}

const anyTarget = resourceTypes.filter((type) => type !== 'Parameters');

import { type CanonicalSource, type SearchParameter, searchParameterDefinition } from '@chartgate/fhir';
import type { UnusableParameter } from '../store/parameter-ports.ts';

/** Parameters that one type may have beside R4's own. */
const maxPerType = 100;

/**
 * The search parameters that a site's canonical resources define: of each URL the newest active version. Of several with
 * one code on a type, the first by URL is the one.
 */
export function definedParameters(canonicals: CanonicalSource): {
  readonly parameters: readonly SearchParameter[];
  readonly unusable: readonly UnusableParameter[];
} {
  const byCode = new Map<string, SearchParameter>();
  const perType = new Map<string, number>();
  const unusable: UnusableParameter[] = [];
  const urls = new Set(canonicals.list('SearchParameter').map((canonical) => canonical.replace(/\|.*$/, '')));
  for (const url of [...urls].sort()) {
    const resource = canonicals.find('SearchParameter', url);
    if (!resource || resource.status === 'retired') continue;
    const definition = searchParameterDefinition(resource);
    if ('problem' in definition) {
      unusable.push({ url, problem: definition.problem });
      continue;
    }
    for (const parameter of definition.parameters) {
      const key = `${parameter.resourceType} ${parameter.code}`;
      const count = perType.get(parameter.resourceType) ?? 0;
      if (byCode.has(key)) continue;
      if (count >= maxPerType) {
        unusable.push({
          url,
          problem: `${parameter.resourceType} has ${maxPerType} parameters beside R4's own already.`,
        });
        continue;
      }
      perType.set(parameter.resourceType, count + 1);
      byCode.set(key, parameter);
    }
  }
  return { parameters: [...byCode.values()], unusable };
}

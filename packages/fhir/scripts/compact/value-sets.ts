import type { CompactValueSet } from '../../src/definitions/compact.ts';
import type { CodeSystem, Concept, ValueSet, ValueSetInclude } from './source.ts';

/** Expands a value set from local code systems. Null for one that is not at hand at all. */
export function expand(
  canonical: string,
  valueSets: ReadonlyMap<string, ValueSet>,
  codeSystems: ReadonlyMap<string, CodeSystem>,
): CompactValueSet | null {
  const valueSet = valueSets.get(canonical.replace(/\|.*$/, ''));
  if (!valueSet?.compose) return null;
  if (valueSet.compose.exclude) throw new Error(`${canonical} excludes codes, which nothing here can do`);
  const expanded: Record<string, readonly string[] | null> = {};
  for (const include of valueSet.compose.include) {
    if (include.system === undefined || include.filter || include.valueSet) {
      throw new Error(`${canonical} includes by filter or by another value set, which nothing here can do`);
    }
    const codes = codesOf(include, codeSystems.get(include.system));
    const before = expanded[include.system];
    expanded[include.system] = codes === null || before === null ? null : [...new Set([...(before ?? []), ...codes])];
  }
  return expanded;
}

function codesOf(include: ValueSetInclude, system: CodeSystem | undefined): readonly string[] | null {
  if (include.concept) return include.concept.map((concept) => concept.code);
  return system?.content === 'complete' ? allCodes(system.concept ?? []) : null;
}

function allCodes(concepts: readonly Concept[]): string[] {
  return concepts.flatMap((concept) => [concept.code, ...allCodes(concept.concept ?? [])]);
}

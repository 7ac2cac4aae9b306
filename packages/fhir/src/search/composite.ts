import type { SearchParameter } from './parameter.ts';

/**
 * Says which pairs (or triples) a composite value is one of: parameters that read the same parts of the same elements
 * share it, as `combo-code-value-quantity` does with `code-value-quantity` and `component-code-value-quantity`.
 * @param place the type of the element, such as `Observation.component`
 */
export function compositeKey(parameter: SearchParameter, place: string): string {
  const parts = parameter.components ?? [];
  return `${place}(${parts.map(({ type, expression }) => `${type} ${expression}`).join(' $ ')})`;
}

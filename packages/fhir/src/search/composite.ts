import { type Path, parseExpression } from './extract/expression.ts';
import type { SearchParameter } from './parameter.ts';

/**
 * Says which pairs (or triples) a composite value is one of: parameters that read the same parts of the same elements
 * share it, as `combo-code-value-quantity` does with `code-value-quantity` and `component-code-value-quantity`.
 * @param place the element, such as `Observation.component`
 */
export function compositeKey(parameter: SearchParameter, place: string): string {
  const parts = parameter.components ?? [];
  return `${place}(${parts.map(({ type, expression }) => `${type} ${expression}`).join(' $ ')})`;
}

/** The keys that the values of a parameter may have: one for each of the elements its expression names. */
export function compositeKeys(parameter: SearchParameter): readonly string[] {
  const paths = parseExpression(parameter.expression).filter(({ root }) => root === parameter.resourceType);
  return [...new Set(paths.map((path) => insideOf(parameter.code) + compositeKey(parameter, placeOf(path))))];
}

/** Where a composite of a contained resource lies, apart from those of the resource around it. @see containedParameter */
export function insideOf(code: string): string {
  return code.slice(0, code.lastIndexOf('.') + 1);
}

/** The element that a path leads to, such as `Observation.component`. */
export function placeOf({ root, steps }: Path): string {
  return [root, ...steps.flatMap((step) => (step.kind === 'member' ? [step.name] : []))].join('.');
}

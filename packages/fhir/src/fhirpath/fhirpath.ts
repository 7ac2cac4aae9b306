import { compileNode } from './compile.ts';
import type { Environment } from './environment.ts';
import { firstFrame } from './frame.ts';
import { parseFhirPath } from './parse.ts';
import { type Collection, resourceValue, type TypedValue } from './value.ts';

/** An expression that was parsed and compiled: to be kept and evaluated often. */
export type FhirPath = {
  readonly text: string;
  /**
   * Evaluates with `focus` as `$this` and `%context`.
   * @throws {FhirPathError} for what FHIRPath calls an error, and beyond the environment's `steps`
   */
  evaluate(focus: TypedValue, environment: Environment): Collection;
};

/**
 * Compiles an expression of FHIRPath 2.0.0 with what FHIR R4 adds to it.
 * @throws {FhirPathError} for what cannot be parsed, names no known function, type or variable, or is too large
 * @see https://hl7.org/fhirpath/N1
 */
export function compileFhirPath(text: string): FhirPath {
  const expression = compileNode(parseFhirPath(text));
  return { text, evaluate: (focus, environment) => expression(firstFrame(focus, environment)) };
}

/** An environment in which a resource is all there is. */
export function environmentOf(resource: { readonly resourceType: string }): Environment {
  const value = resourceValue(resource);
  return { resource: value, rootResource: value };
}

/**
 * What a collection says as an invariant: one `true` holds, one `false` does not, undefined for nothing. Any other single
 * item is true.
 */
export function verdict(items: Collection): boolean | undefined {
  const [item, ...more] = items;
  if (item === undefined) return undefined;
  return more.length > 0 || typeof item.value !== 'boolean' ? true : item.value;
}

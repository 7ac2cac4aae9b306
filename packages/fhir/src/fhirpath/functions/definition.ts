import type { Expression, Frame } from '../frame.ts';
import type { Collection } from '../value.ts';

/**
 * A function of FHIRPath. Parameters come unevaluated: a projection is evaluated for each item, a value once. `takes` is
 * the least and the largest number of them.
 */
export type FhirPathFunction = {
  readonly takes: readonly [number, number];
  run(input: Collection, parameters: readonly Expression[], frame: Frame): Collection;
};

export type FhirPathFunctions = Readonly<Record<string, FhirPathFunction>>;

/** A function that looks at its input alone. */
export function ofInput(run: (input: Collection, frame: Frame) => Collection): FhirPathFunction {
  return { takes: [0, 0], run: (input, _, frame) => run(input, frame) };
}

/** A function with one parameter that is evaluated once. */
export function ofValue(run: (input: Collection, value: Collection, frame: Frame) => Collection): FhirPathFunction {
  return { takes: [1, 1], run: (input, [parameter], frame) => run(input, parameter!(frame), frame) };
}

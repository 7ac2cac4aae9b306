import type { Environment } from './environment.ts';
import { FhirPathError } from './error.ts';
import { fhirPathLimits } from './limits.ts';
import { type Collection, nothing, type TypedValue } from './value.ts';

/** One evaluation: what it knows and what it may still do. */
export type Run = {
  readonly environment: Environment;
  readonly context: TypedValue;
  readonly now: number;
  steps: number;
};

/** What `$this`, `$index` and `$total` are just now; a function that goes through items makes one and changes it. */
export type Frame = { readonly run: Run; self: TypedValue | undefined; index: number; total: Collection };

/** A compiled expression. */
export type Expression = (frame: Frame) => Collection;

export function firstFrame(context: TypedValue, environment: Environment): Frame {
  const { steps = fhirPathLimits.steps, now = Date.now() } = environment;
  return { run: { environment, context, now, steps }, self: context, index: 0, total: nothing };
}

/** Counts work. @throws {FhirPathError} when there was more of it than the environment allows */
export function spend({ run }: Frame, steps: number): void {
  run.steps -= steps;
  if (run.steps < 0) throw new FhirPathError('The evaluation took more steps than it may. Simplify the expression.');
}

/** Evaluates an expression with each item as `$this`. */
export function each(
  input: Collection,
  frame: Frame,
  visit: (inner: Frame, item: TypedValue, index: number) => boolean | undefined,
): void {
  const inner: Frame = { run: frame.run, self: undefined, index: 0, total: frame.total };
  for (let index = 0; index < input.length; index++) {
    inner.self = input[index];
    inner.index = index;
    if (visit(inner, input[index]!, index) === false) return;
  }
}

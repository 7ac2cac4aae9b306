import { type CompositeCriterion, type Criterion, r4SearchParameters } from '@chartgate/fhir';
import { sampledPlace } from '../index/composite-row.ts';

/** Pairs that are looked up at most. */
const maxPairs = 50;

/**
 * An observation has one code and one value, so that `code=…&value-quantity=…` asks for the two together: the amount is
 * looked up by both, as `code-value-quantity` would, and what has the code but another amount is never looked at.
 */
export function paired(type: string, criteria: readonly Criterion[]): readonly Criterion[] {
  const pair = type === 'Observation' ? pairOf(criteria) : undefined;
  return pair ? criteria.map((criterion) => (isValue(criterion) ? pair : criterion)) : criteria;
}

function isValue(criterion: Criterion): criterion is Extract<Criterion, { kind: 'quantity' }> {
  return criterion.kind === 'quantity' && criterion.parameter.code === 'value-quantity';
}

function isCode(criterion: Criterion): criterion is Extract<Criterion, { kind: 'token' }> {
  if (criterion.kind !== 'token' || criterion.parameter.code !== 'code' || criterion.not) return false;
  return criterion.values.length > 0 && criterion.values.every(({ code }) => code !== undefined);
}

function pairOf(criteria: readonly Criterion[]): CompositeCriterion | undefined {
  const values = criteria.filter(isValue);
  const [code] = criteria.filter(isCode);
  const [value] = values;
  const parameter = r4SearchParameters.find('Observation', 'code-value-quantity');
  // Of two bounds on the value each would be looked up apart: there the plain ones do as well.
  if (!parameter || !code || !value || values.length > 1) return undefined;
  if (code.values.length * value.values.length > maxPairs) return undefined;
  const pairs = code.values.flatMap((one) =>
    value.values.map((other) => [
      { ...code, values: [one] },
      { ...value, values: [other] },
    ]),
  );
  // What was sampled over time is a value, though no part of the composite.
  return {
    kind: 'composite',
    parameter: { ...parameter, expression: `${parameter.expression} | ${sampledPlace}` },
    values: pairs,
  };
}

import { condition, distinct, isIn } from '../collection.ts';
import { FhirPathError } from '../error.ts';
import { type Expression, each, type Frame } from '../frame.ts';
import { type Collection, integer, nothing, truth } from '../value.ts';
import { type FhirPathFunctions, ofInput, ofValue } from './definition.ts';

/** @see https://hl7.org/fhirpath/N1/#existence */
export const existence: FhirPathFunctions = {
  empty: ofInput((input) => truth(input.length === 0)),
  exists: {
    takes: [0, 1],
    run: (input, [criteria], frame) => truth(criteria ? meets(input, criteria, frame, 'some') : input.length > 0),
  },
  all: { takes: [1, 1], run: (input, [criteria], frame) => truth(meets(input, criteria!, frame, 'every')) },
  not: ofInput((input) => {
    const value = condition(input, 'not()');
    return truth(value === undefined ? undefined : !value);
  }),
  allTrue: ofInput((input) => truth(booleans(input).every((value) => value))),
  anyTrue: ofInput((input) => truth(booleans(input).some((value) => value))),
  allFalse: ofInput((input) => truth(booleans(input).every((value) => !value))),
  anyFalse: ofInput((input) => truth(booleans(input).some((value) => !value))),
  subsetOf: ofValue((input, other, frame) => truth(input.every((item) => isIn(item, other, frame)))),
  supersetOf: ofValue((input, other, frame) => truth(other.every((item) => isIn(item, input, frame)))),
  count: ofInput((input) => [integer(input.length)]),
  distinct: ofInput(distinct),
  isDistinct: ofInput((input, frame) => truth(distinct(input, frame).length === input.length)),
};

function meets(input: Collection, criteria: Expression, frame: Frame, how: 'some' | 'every'): boolean {
  const answer = how === 'some';
  let found = !answer;
  each(input, frame, (inner) => {
    if ((condition(criteria(inner), 'A criteria') === true) !== answer) return true;
    found = answer;
    return false;
  });
  return found;
}

function booleans(input: Collection): readonly boolean[] {
  if (input === nothing) return [];
  return input.map(({ type, value }) => {
    if ((type === 'System.Boolean' || type === 'boolean') && typeof value === 'boolean') return value;
    throw new FhirPathError('allTrue(), anyTrue(), allFalse() and anyFalse() take Booleans.');
  });
}

import { condition, isIn, newcomers, single, singleInteger } from '../collection.ts';
import { isEqualItem } from '../equality.ts';
import { FhirPathError } from '../error.ts';
import { type Expression, each, type Frame, spend } from '../frame.ts';
import { type Collection, nothing, type TypedValue } from '../value.ts';
import { type FhirPathFunctions, ofInput, ofValue } from './definition.ts';

/** @see https://hl7.org/fhirpath/N1/#filtering-and-projection */
export const filtering: FhirPathFunctions = {
  where: {
    takes: [1, 1],
    run: (input, [criteria], frame) => {
      const found: TypedValue[] = [];
      each(input, frame, (inner, item) => {
        if (condition(criteria!(inner), 'where()') === true) found.push(item);
        return true;
      });
      return found;
    },
  },
  select: { takes: [1, 1], run: (input, [projection], frame) => projected(input, projection!, frame) },
  repeat: { takes: [1, 1], run: (input, [projection], frame) => repeated(input, projection!, frame) },
};

function projected(input: Collection, projection: Expression, frame: Frame): Collection {
  const found: TypedValue[] = [];
  each(input, frame, (inner) => {
    for (const item of projection(inner)) found.push(item);
    spend(frame, 1);
    return true;
  });
  return found;
}

/** Projects what the projection found, until nothing new comes. */
function repeated(input: Collection, projection: Expression, frame: Frame): Collection {
  const found: TypedValue[] = [];
  const isNew = newcomers(frame);
  for (let items = input; items.length > 0; ) {
    items = projected(items, projection, frame).filter(isNew);
    for (const item of items) found.push(item);
  }
  return found;
}

/** @see https://hl7.org/fhirpath/N1/#subsetting */
export const subsetting: FhirPathFunctions = {
  single: ofInput((input) => {
    const item = single(input, 'single()');
    return item ? [item] : nothing;
  }),
  first: ofInput((input) => input.slice(0, 1)),
  last: ofInput((input) => input.slice(-1)),
  tail: ofInput((input) => input.slice(1)),
  skip: ofValue((input, count) => input.slice(Math.max(0, countOf(count, 'skip()')))),
  take: ofValue((input, count) => input.slice(0, Math.max(0, countOf(count, 'take()')))),
  intersect: ofValue((input, other, frame) => {
    const found: TypedValue[] = [];
    for (const item of input) if (isIn(item, other, frame) && !isIn(item, found, frame)) found.push(item);
    return found;
  }),
  exclude: ofValue((input, other, frame) =>
    input.filter((item) => !other.some((each) => isEqualItem(item, each, frame) === true)),
  ),
};

function countOf(value: Collection, what: string): number {
  const count = singleInteger(value, what);
  if (count === undefined) throw new FhirPathError(`${what} takes an Integer.`);
  return count;
}

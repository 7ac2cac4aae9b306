import { distinct } from '../collection.ts';
import { each, spend } from '../frame.ts';
import { type Collection, nothing } from '../value.ts';
import { type FhirPathFunctions, ofValue } from './definition.ts';

/** @see https://hl7.org/fhirpath/N1/#combining */
export const combining: FhirPathFunctions = {
  union: ofValue((input, other, frame) => distinct([...input, ...other], frame)),
  combine: ofValue((input, other, frame) => {
    spend(frame, input.length + other.length);
    return [...input, ...other];
  }),
};

/** @see https://hl7.org/fhirpath/N1/#aggregates */
export const aggregates: FhirPathFunctions = {
  aggregate: {
    takes: [1, 2],
    run: (input, [aggregator, initial], frame) => {
      let total: Collection = initial ? initial(frame) : nothing;
      each(input, frame, (inner) => {
        inner.total = total;
        total = aggregator!(inner);
        return true;
      });
      return total;
    },
  },
};

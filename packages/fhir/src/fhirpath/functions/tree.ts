import { type Frame, spend } from '../frame.ts';
import { readChildren } from '../navigate.ts';
import type { Collection, TypedValue } from '../value.ts';
import { type FhirPathFunctions, ofInput } from './definition.ts';

/** @see https://hl7.org/fhirpath/N1/#tree-navigation */
export const tree: FhirPathFunctions = {
  children: ofInput(children),
  descendants: ofInput((input, frame) => {
    const found: TypedValue[] = [];
    for (let items = children(input, frame); items.length > 0; items = children(items, frame)) {
      for (const item of items) found.push(item);
    }
    return found;
  }),
};

function children(input: Collection, frame: Frame): Collection {
  const found: TypedValue[] = [];
  for (const item of input) readChildren(item, found);
  spend(frame, input.length + found.length);
  return found;
}

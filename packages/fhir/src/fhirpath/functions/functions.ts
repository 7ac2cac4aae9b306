import { boundaries } from './boundary.ts';
import { aggregates, combining } from './combining.ts';
import { conversion } from './conversion.ts';
import type { FhirPathFunction } from './definition.ts';
import { existence } from './existence.ts';
import { fhir } from './fhir.ts';
import { filtering, subsetting } from './filtering.ts';
import { math } from './math.ts';
import { strings } from './strings.ts';
import { tree } from './tree.ts';
import { utility } from './utility.ts';

/** All functions by their names, but for those that the compiler knows itself: `is`, `as`, `ofType` and `sort`. */
export const functions: ReadonlyMap<string, FhirPathFunction> = new Map(
  [
    existence,
    filtering,
    subsetting,
    combining,
    aggregates,
    conversion,
    strings,
    math,
    tree,
    utility,
    boundaries,
    fhir,
  ].flatMap((group) => Object.entries(group)),
);

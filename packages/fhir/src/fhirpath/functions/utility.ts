import type { Frame } from '../frame.ts';
import { partsOf, type Temporal } from '../temporal.ts';
import { typeInfo } from '../types.ts';
import { type Collection, nothing, type TypedValue } from '../value.ts';
import { type FhirPathFunction, type FhirPathFunctions, ofInput } from './definition.ts';

/** @see https://hl7.org/fhirpath/N1/#utility-functions */
export const utility: FhirPathFunctions = {
  // What is traced may be a patient's data, and has nowhere to go.
  trace: { takes: [1, 2], run: (input) => input },
  now: clock('System.DateTime', (moment) => moment),
  today: clock('System.Date', ({ parts }) => ({ parts: parts.slice(0, 3), offset: undefined })),
  timeOfDay: clock('System.Time', ({ parts }) => ({ parts: parts.slice(3), offset: undefined })),
  type: ofInput((input) => input.map(typeInfo)),
};

/** All of one evaluation see the same moment, in UTC. */
function clock(type: string, read: (moment: Temporal) => Temporal): FhirPathFunction {
  return ofInput((_: Collection, { run }: Frame): Collection => {
    const parts = partsOf(run.now, 7);
    return parts ? [{ type, value: read({ parts, offset: 0 }) } satisfies TypedValue] : nothing;
  });
}

import type { QuantitySearchValue } from '@chartgate/fhir';
import type { Terms } from './term.ts';

/**
 * A quantity as its columns have it. `u`: what kind of amount it is, or its system and code; `c`: its code; `n`: the text
 * of its unit where that is another; `clo` and `chi`: the amount in the unit of its kind, where it was measured in another.
 */
export type QuantityColumns = {
  readonly lo: number;
  readonly hi: number;
  readonly u: bigint | null;
  readonly c: bigint | null;
  readonly n: bigint | null;
  readonly clo: number | null;
  readonly chi: number | null;
};

export function quantityColumns(of: Terms, value: QuantitySearchValue): QuantityColumns {
  const { lo, hi, system, code, unit, canonical } = value;
  const isElsewhere = canonical !== undefined && (canonical.lo !== lo || canonical.hi !== hi);
  return {
    lo,
    hi,
    u: canonical ? of.kind(canonical.unit) : system !== undefined && code !== undefined ? of.unit(system, code) : null,
    c: code === undefined ? null : of.unit(undefined, code),
    n: unit === undefined || unit === code ? null : of.unit(undefined, unit),
    clo: isElsewhere ? canonical.lo : null,
    chi: isElsewhere ? canonical.hi : null,
  };
}

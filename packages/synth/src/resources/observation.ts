import type { Draft } from '../chart.ts';
import { type Concept, system } from '../tables/system.ts';
import type { Visit } from '../visit.ts';

export type Quantity = {
  readonly value: number;
  readonly unit: string;
  readonly system: string;
  readonly code: string;
};

/** A quantity in UCUM, rounded to `decimals`. */
export function quantity(value: number, decimals: number, unit: string, code: string): Quantity {
  const scale = decimals === 0 ? 1 : decimals === 1 ? 10 : 100;
  return { value: Math.round(value * scale) / scale, unit, system: system.ucum, code };
}

/** A final Observation of a visit. `members` brings the value. */
export function addObservation(
  visit: Visit,
  profile: string,
  what: { readonly category: readonly Concept[]; readonly code: Concept },
  members: object,
): Draft {
  const { chart } = visit;
  return chart.add('Observation', profile, {
    status: 'final',
    category: what.category,
    code: what.code,
    subject: chart.patient,
    encounter: visit.encounter,
    effectiveDateTime: visit.at,
    issued: visit.at,
    performer: [visit.clinician.practitioner],
    ...members,
  });
}

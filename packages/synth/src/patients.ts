import type { TransactionBundle } from './bundle.ts';
import { Chart } from './chart.ts';
import { planAcuteIllness } from './courses/acute.ts';
import { planAdulthood } from './courses/adulthood.ts';
import { planChildhood } from './courses/childhood.ts';
import { planChronicIllness } from './courses/chronic.ts';
import { endRecord } from './courses/death.ts';
import { planPregnancy } from './courses/pregnancy.ts';
import { type Day, parseDay } from './date.ts';
import { type Network, networkOf } from './network.ts';
import { drawPerson } from './person.ts';
import { Random } from './random.ts';
import { registerPatient } from './resources/registration.ts';
import { holdVisits } from './visit.ts';

export type PatientsOptions = {
  /** Decides everything: the same seed gives the same patients, byte for byte. */
  readonly seed: string | number;
  /** How many. */
  readonly count: number;
  /** Number of the first one, 0 by default. Patient n of a seed is the same however many are asked for. */
  readonly start?: number;
  /** The day on which the records end, YYYY-MM-DD; 2026-01-01 by default. Never the clock's. */
  readonly today?: string;
};

/**
 * Synthetic US Core 6.1 patients, one FHIR transaction each: about 60 to 150 resources, written by PUT under stable ids,
 * so that a second load changes nothing but versions. Needs what `supportingBundle` of the same seed creates.
 * @throws {RangeError} where `today` is no date
 * @see https://hl7.org/fhir/us/core/STU6.1/
 */
export function* patients({
  seed,
  count,
  start = 0,
  today = '2026-01-01',
}: PatientsOptions): Generator<TransactionBundle> {
  const network = networkOf(String(seed));
  const day = parseDay(today);
  for (let n = start; n < start + count; n++) yield patient(`${seed}/${n}`, network, day);
}

function patient(name: string, network: Network, today: Day): TransactionBundle {
  const random = new Random(name);
  const person = drawPerson(random, today);
  const chart = new Chart({ person, network, random, ids: new Random(`${name}/ids`), today, years: 3 });
  registerPatient(chart);
  planChronicIllness(chart);
  planPregnancy(chart);
  planChildhood(chart);
  planAdulthood(chart);
  planAcuteIllness(chart);
  holdVisits(chart);
  endRecord(chart);
  return chart.bundle();
}

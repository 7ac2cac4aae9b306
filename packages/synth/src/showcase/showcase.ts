import { home, type TransactionBundle } from '../bundle.ts';
import { Chart, type Draft, refer } from '../chart.ts';
import { planAdulthood } from '../courses/adulthood.ts';
import { planChildhood } from '../courses/childhood.ts';
import { planChronicIllness } from '../courses/chronic.ts';
import { endRecord } from '../courses/death.ts';
import { type Day, parseDay } from '../date.ts';
import { type Network, networkOf } from '../network.ts';
import { Random } from '../random.ts';
import { registerPatient } from '../resources/registration.ts';
import { holdVisits } from '../visit.ts';
import { cast, castPerson, type Role } from './cast.ts';
import { dress } from './record.ts';
import { planStory } from './story.ts';

export type ShowcaseOptions = {
  /** Decides names, numbers and ids; what the records cover is the same for every seed. */
  readonly seed: string | number;
  /** The day on which the records end, YYYY-MM-DD; 2026-01-01 by default. Never the clock's. */
  readonly today?: string;
};

/**
 * Six patients whose records together hold everything that US Core 6.1 and 7.0 want a server to support, but for what
 * servers write themselves: each must-support element, slice, extension and kind of reference of each profile. One
 * transaction each, and a last one with the Group of them. Needs what `supportingBundle` of the same seed creates.
 * @throws {RangeError} where `today` is no date
 * @see https://hl7.org/fhir/us/core/STU7/must-support.html
 */
export function showcase({ seed, today = '2026-01-01' }: ShowcaseOptions): readonly TransactionBundle[] {
  const network = networkOf(String(seed));
  const day = parseDay(today);
  const charts = (Object.keys(cast) as Role[]).map((role) =>
    record(`${seed}/showcase/${role}`, role, { network, day }),
  );
  return [...charts.map((chart) => chart.bundle()), groupOf(`${seed}/showcase`, charts)];
}

function record(name: string, role: Role, { network, day }: { network: Network; day: Day }): Chart {
  const random = new Random(name);
  const person = castPerson(role, random, day);
  const chart = new Chart({ person, network, random, ids: new Random(`${name}/ids`), today: day, years: 3 });
  registerPatient(chart);
  dress(chart, role);
  planChronicIllness(chart);
  planChildhood(chart);
  planAdulthood(chart);
  planStory(chart, role);
  holdVisits(chart);
  endRecord(chart);
  return chart;
}

function groupOf(name: string, charts: readonly Chart[]): TransactionBundle {
  const group: Draft = {
    resourceType: 'Group',
    id: new Random(`${name}/group`).uuid(),
    identifier: [{ system: `${home}/group`, value: 'showcase' }],
    active: true,
    type: 'person',
    actual: true,
    name: 'Showcase patients',
    quantity: charts.length,
    member: charts.map(({ patient }) => ({ entity: patient })),
  };
  const url = refer(group).reference;
  const request = { method: 'PUT', url } as const;
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ fullUrl: `${home}/fhir/${url}`, resource: group, request }],
  };
}

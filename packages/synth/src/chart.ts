import { home, type Reference, type TransactionBundle } from './bundle.ts';
import { type Day, dateText, dayOf, daySeconds, startOf, type Time, yearDays, yearsBetween } from './date.ts';
import type { Clinician, Network } from './network.ts';
import { bodyAt, type Person } from './person.ts';
import { usCoreProfile } from './profile.ts';
import type { Random } from './random.ts';
import type { ChronicKey } from './tables/conditions.ts';
import type { AnalyteKey } from './tables/labs.ts';
import type { MedicationKey } from './tables/medications.ts';
import type { Specialty } from './tables/specialties.ts';
import type { Plan } from './visit.ts';

/** A resource that may still change until the bundle is closed. */
export type Draft = {
  readonly resourceType: string;
  readonly id: string;
  meta?: { readonly profile?: readonly string[]; readonly security?: readonly object[] };
  [member: string]: unknown;
};

/** A condition that stays, from its onset on. */
export type Problem = { readonly draft: Draft; readonly onset: Day };

/** One patient's record while it is written. */
export class Chart {
  readonly person: Person;
  readonly network: Network;
  readonly random: Random;
  readonly today: Day;
  /** The record's last moment: now, or death. */
  readonly end: Time;
  /** First day of the years told visit by visit. What was before is told only by what remains of it. */
  readonly begin: Day;
  readonly patient: Reference;
  readonly primary: Clinician;

  readonly drafts: Draft[] = [];
  readonly plans: Plan[] = [];
  readonly problems = new Map<ChronicKey, Problem>();
  readonly orders = new Map<MedicationKey, { readonly draft: Draft; readonly day: Day }>();
  readonly lastDone = new Map<string, Day>();
  /** The days of a pregnancy that the record tells. */
  pregnancy: { readonly from: Day; readonly to: Day } | undefined;
  readonly #ids: Random;
  readonly #baselines = new Map<AnalyteKey, number>();

  constructor(options: { person: Person; network: Network; random: Random; ids: Random; today: Day; years: number }) {
    this.person = options.person;
    this.network = options.network;
    this.random = options.random;
    this.today = options.today;
    this.#ids = options.ids;
    this.end = options.person.death ?? startOf(options.today + 1) - 1;
    this.begin = Math.max(options.person.birth, dayOf(this.end) - Math.round(options.years * yearDays));
    this.primary = this.clinician(primarySpecialty(options.person, dayOf(this.end), options.random));
    this.patient = { reference: `Patient/${options.ids.uuid()}` };
  }

  get patientId(): string {
    return this.patient.reference.slice('Patient/'.length);
  }

  /** Adds a resource and claims the US Core profile, where one is given. */
  add(resourceType: string, profile: string | undefined, members: object, id = this.#ids.uuid()): Draft {
    const draft: Draft = profile
      ? { resourceType, id, meta: usCoreProfile(profile), ...members }
      : { resourceType, id, ...members };
    this.drafts.push(draft);
    return draft;
  }

  plan(plan: Plan): void {
    if (plan.day >= this.begin && startOf(plan.day) + daySeconds <= this.end) this.plans.push(plan);
  }

  years(day: Day): number {
    return yearsBetween(this.person.birth, day);
  }

  months(day: Day): number {
    return this.years(day) * 12;
  }

  has(key: ChronicKey, day: Day): boolean {
    const problem = this.problems.get(key);
    return problem !== undefined && problem.onset <= day;
  }

  /** How far a treatment has worked, from 0 at the onset to 1 about a year and a half later. */
  treated(key: ChronicKey, day: Day): number {
    const problem = this.problems.get(key);
    return problem ? Math.max(0, Math.min(1, (day - problem.onset - 30) / 500)) : 0;
  }

  isObese(day: Day): boolean {
    return this.years(day) >= 18 && bodyAt(this.person, day).bmi >= 30;
  }

  isPregnant(day: Day): boolean {
    return this.pregnancy !== undefined && day >= this.pregnancy.from && day < this.pregnancy.to;
  }

  /** A number that stays the same for this patient, such as a usual potassium. */
  baseline(key: AnalyteKey, draw: () => number): number {
    const known = this.#baselines.get(key);
    if (known !== undefined) return known;
    const value = draw();
    this.#baselines.set(key, value);
    return value;
  }

  /** Whether `what` was last done at least `days` before; if so it counts as done on `day`. */
  isDue(what: string, day: Day, days: number): boolean {
    const last = this.lastDone.get(what);
    if (last !== undefined && day - last < days) return false;
    this.lastDone.set(what, day);
    return true;
  }

  clinician(specialty: Specialty): Clinician {
    return this.random.pick(this.network.clinicians.filter((clinician) => clinician.specialty === specialty));
  }

  bundle(): TransactionBundle {
    return {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: this.drafts.map((resource) => {
        const url = `${resource.resourceType}/${resource.id}`;
        return { fullUrl: `${home}/fhir/${url}`, resource, request: { method: 'PUT', url } };
      }),
    };
  }
}

export function refer(draft: Draft): Reference {
  return { reference: `${draft.resourceType}/${draft.id}` };
}

/** Name as one would say it. */
export function fullName(person: Person): string {
  return `${person.given[0]} ${person.family}`;
}

export function birthText(person: Person): string {
  return dateText(person.birth);
}

function primarySpecialty(person: Person, day: Day, random: Random): Specialty {
  if (yearsBetween(person.birth, day) < 18) return 'pediatrics';
  return random.chance(0.8) ? 'family' : 'internal';
}

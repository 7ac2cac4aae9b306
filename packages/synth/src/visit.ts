import type { Reference } from './bundle.ts';
import { type Chart, type Draft, refer } from './chart.ts';
import { type Day, dayOf, startOf, type Time, timeText, workday } from './date.ts';
import type { Clinician } from './network.ts';
import { addNote } from './resources/note.ts';
import { addProvenance } from './resources/provenance.ts';
import { addVitalSigns } from './resources/vital-signs.ts';
import { dispositions, type EncounterKind, encounters, performer } from './tables/encounters.ts';
import type { NoteKey } from './tables/notes.ts';
import type { Concept } from './tables/system.ts';

/** A visit that a course foresees, and what happens in it. */
export type Plan = {
  readonly day: Day;
  readonly kind: EncounterKind;
  readonly clinician?: Clinician;
  readonly reason?: Concept;
  readonly note?: NoteKey;
  readonly fever?: boolean;
  /** Measures the vital signs, where that is not done as usual. */
  readonly measure?: (visit: Visit) => void;
  readonly act: (visit: Visit) => void;
};

/** A visit under way. */
export type Visit = {
  readonly chart: Chart;
  readonly kind: EncounterKind;
  readonly day: Day;
  readonly start: Time;
  /** The start as FHIR dateTime. */
  readonly at: string;
  readonly encounter: Reference;
  readonly draft: Draft;
  readonly clinician: Clinician;
  readonly fever: boolean;
};

/** Holds the planned visits in order of time: at most one a day, none after the record's end. */
export function holdVisits(chart: Chart): void {
  chart.plans.sort((a, b) => a.day - b.day);
  let previous = chart.begin - 1;
  for (const plan of chart.plans) {
    const isUnplanned = plan.kind === 'emergency' || plan.kind === 'admission' || plan.kind === 'delivery';
    const wanted = Math.max(plan.day, previous + 1);
    const day = isUnplanned ? wanted : workday(wanted);
    const start = startOf(day) + chart.random.int(8 * 4, 15 * 4) * 900;
    const end = start + encounters[plan.kind].minutes * 60;
    if (end + 6 * 3600 > chart.end) continue;
    hold(chart, plan, start, end);
    previous = dayOf(end);
  }
}

function hold(chart: Chart, plan: Plan, start: Time, end: Time): void {
  const first = chart.drafts.length;
  const clinician = plan.clinician ?? chart.primary;
  const at = timeText(start);
  const draft = addEncounter(chart, plan, clinician, { start: at, end: timeText(end) });
  const visit: Visit = {
    chart,
    kind: plan.kind,
    day: dayOf(start),
    start,
    at,
    encounter: refer(draft),
    draft,
    clinician,
    fever: plan.fever ?? false,
  };
  (plan.measure ?? addVitalSigns)(visit);
  plan.act(visit);
  addNote(visit, plan.note ?? 'progress', plan.reason);
  addProvenance(chart, chart.drafts.slice(first), timeText(end), clinician);
}

function addEncounter(chart: Chart, plan: Plan, clinician: Clinician, period: { start: string; end: string }): Draft {
  const kind = encounters[plan.kind];
  const reason = plan.reason ?? ('reason' in kind ? kind.reason : undefined);
  const isStay = plan.kind === 'admission' || plan.kind === 'delivery';
  const id = chart.random.uuid();
  return chart.add('Encounter', 'us-core-encounter', {
    identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${id}` }],
    status: 'finished',
    class: kind.class,
    type: [kind.type],
    subject: chart.patient,
    participant: [{ type: [performer], period, individual: clinician.practitioner }],
    period,
    ...(reason && { reasonCode: [reason] }),
    ...(isStay && { hospitalization: { dischargeDisposition: dispositions.home } }),
    location: [{ location: clinician.site.location }],
    serviceProvider: clinician.site.organization,
  });
}

import type { Chart, Draft } from '../chart.ts';
import { refer } from '../chart.ts';
import { type Day, dateText, dayOf } from '../date.ts';
import { type Concept, coding, concept, system } from '../tables/system.ts';
import { categories } from '../tables/vitals.ts';
import type { Visit } from '../visit.ts';

const clinical = (code: string, display: string) =>
  concept(coding(`${system.terminology}/condition-clinical`, code, display));
const status = { active: clinical('active', 'Active'), resolved: clinical('resolved', 'Resolved') } as const;
const confirmed = concept(coding(`${system.terminology}/condition-ver-status`, 'confirmed', 'Confirmed'));
const problemList = concept(
  coding(`${system.terminology}/condition-category`, 'problem-list-item', 'Problem List Item'),
);
const diagnosis = concept(
  coding(`${system.terminology}/condition-category`, 'encounter-diagnosis', 'Encounter Diagnosis'),
);
const healthConcern = concept(coding(`${system.usCore}/condition-category`, 'health-concern', 'Health Concern'));
const diagnosisUse = concept(coding(`${system.terminology}/diagnosis-role`, 'billing', 'Billing'));

/** A condition on the problem list, found at a visit or known from before. */
export function addProblem(chart: Chart, code: Concept, onset: Day, options: { visit?: Visit; end?: Day } = {}): Draft {
  const { visit, end } = options;
  const abated = end !== undefined && end < dayOf(chart.end);
  return chart.add('Condition', 'us-core-condition-problems-health-concerns', {
    extension: [assertedOn(Math.max(onset, visit?.day ?? onset))],
    clinicalStatus: abated ? status.resolved : status.active,
    verificationStatus: confirmed,
    category: [problemList],
    code,
    subject: chart.patient,
    ...(visit && { encounter: visit.encounter }),
    onsetDateTime: dateText(onset),
    ...(abated && { abatementDateTime: dateText(end) }),
    recordedDate: dateText(visit?.day ?? Math.max(onset, chart.begin)),
    recorder: (visit?.clinician ?? chart.primary).practitioner,
  });
}

/** A social need that a screening found. */
export function addHealthConcern(visit: Visit, code: Concept): Draft {
  const draft = addProblem(visit.chart, code, visit.day, { visit });
  draft.category = [healthConcern, categories.sdoh];
  return draft;
}

/** What a visit is billed for: a condition that came and, after `days`, goes. */
export function addDiagnosis(visit: Visit, code: Concept, days: number): Draft {
  const { chart, day } = visit;
  const onset = dateText(Math.max(chart.person.birth, day - chart.random.int(0, 3)));
  const abated = day + days < dayOf(chart.end);
  const draft = chart.add('Condition', 'us-core-condition-encounter-diagnosis', {
    extension: [assertedOn(day)],
    clinicalStatus: abated ? status.resolved : status.active,
    verificationStatus: confirmed,
    category: [diagnosis],
    code,
    subject: chart.patient,
    encounter: visit.encounter,
    onsetDateTime: onset,
    ...(abated && { abatementDateTime: dateText(day + days) }),
    recordedDate: dateText(day),
    recorder: visit.clinician.practitioner,
  });
  nameDiagnosis(visit, draft);
  return draft;
}

function assertedOn(day: Day): object {
  return {
    url: 'http://hl7.org/fhir/StructureDefinition/condition-assertedDate',
    valueDateTime: dateText(day),
  };
}

/** Says on the encounter that it was about a condition. */
export function nameDiagnosis(visit: Visit, condition: Draft): void {
  const known = (visit.draft.diagnosis ?? []) as object[];
  visit.draft.diagnosis = [...known, { condition: refer(condition), use: diagnosisUse, rank: known.length + 1 }];
}

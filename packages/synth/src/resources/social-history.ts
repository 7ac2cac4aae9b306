import { type Draft, refer } from '../chart.ts';
import { dateText, yearDays } from '../date.ts';
import { occupations } from '../tables/occupations.ts';
import {
  depressionScores,
  hunger,
  occupationHistory,
  pregnancyIntent,
  pregnancyStatus,
  smoking,
} from '../tables/screenings.ts';
import type { Concept } from '../tables/system.ts';
import { categories } from '../tables/vitals.ts';
import type { Visit } from '../visit.ts';
import { addHealthConcern } from './condition.ts';
import { addObservation, quantity } from './observation.ts';
import { addServiceRequest } from './procedure.ts';

const socialHistory = [categories.socialHistory];
const survey = [categories.survey];
const socialSurvey = [categories.survey, categories.sdoh];

export function addSmokingStatus(visit: Visit): void {
  addObservation(
    visit,
    'us-core-smokingstatus',
    { category: socialHistory, code: smoking.status },
    {
      valueCodeableConcept: smoking[visit.chart.person.smoking],
    },
  );
}

/** The work that the patient has done since some time after leaving school. */
export function addOccupation(visit: Visit): void {
  const { chart } = visit;
  const { work, industry } = chart.random.pick(occupations);
  const { effectiveDateTime: _, ...members } = addObservation(
    visit,
    'us-core-observation-occupation',
    { category: socialHistory, code: occupationHistory.code },
    {
      valueCodeableConcept: { text: work },
      component: [{ code: occupationHistory.industry, valueCodeableConcept: { text: industry } }],
    },
  );
  const start = Math.min(visit.day, chart.person.birth + Math.round(yearDays * chart.random.between(18, 30)));
  chart.drafts[chart.drafts.length - 1] = { ...(members as Draft), effectivePeriod: { start: dateText(start) } };
}

export function addPregnancyStatus(visit: Visit): void {
  const { chart } = visit;
  addObservation(
    visit,
    'us-core-observation-pregnancystatus',
    { category: socialHistory, code: pregnancyStatus.code },
    {
      valueCodeableConcept: chart.isPregnant(visit.day) ? pregnancyStatus.pregnant : pregnancyStatus.notPregnant,
    },
  );
}

export function addPregnancyIntent(visit: Visit): void {
  addObservation(
    visit,
    'us-core-observation-pregnancyintent',
    { category: socialHistory, code: pregnancyIntent.code },
    {
      valueCodeableConcept: pregnancyIntent.unsure,
    },
  );
}

/** PHQ-2 for everybody; PHQ-9 where there is a depression, better under treatment. */
export function addDepressionScore(visit: Visit): void {
  const { chart, day } = visit;
  const isDepressed = chart.has('depression', day);
  const score = isDepressed
    ? 15 - 9 * chart.treated('depression', day) + 2 * chart.random.bell()
    : chart.random.int(0, 2);
  const code = isDepressed ? depressionScores.full : depressionScores.short;
  addObservation(
    visit,
    'us-core-observation-screening-assessment',
    { category: survey, code },
    {
      valueQuantity: quantity(Math.max(0, score), 0, '{score}', '{score}'),
    },
  );
}

/** The Hunger Vital Sign. Who is at risk gets a health concern and a referral. */
export function addHungerScreening(visit: Visit): void {
  const { chart } = visit;
  const atRisk = chart.random.chance(0.11);
  const { often, sometimes, never } = hunger.answers;
  const answer = () => (atRisk ? chart.random.pick([often, sometimes]) : never);
  const items = [
    addScreeningItem(visit, hunger.worried, answer()),
    addScreeningItem(visit, hunger.lasted, answer()),
    addScreeningItem(visit, hunger.risk, atRisk ? hunger.atRisk : hunger.noRisk),
  ];
  addObservation(
    visit,
    'us-core-observation-screening-assessment',
    { category: socialSurvey, code: hunger.panel },
    {
      hasMember: items.map(refer),
    },
  );
  if (!atRisk) return;
  addHealthConcern(visit, hunger.condition);
  const referral = addServiceRequest(visit, hunger.referral, 'counselling', hunger.condition);
  referral.category = [categories.sdoh];
  referral.status = 'active';
}

function addScreeningItem(visit: Visit, code: Concept, valueCodeableConcept: Concept): Draft {
  const members = { performer: [visit.chart.patient], valueCodeableConcept };
  return addObservation(visit, 'us-core-observation-screening-assessment', { category: socialSurvey, code }, members);
}

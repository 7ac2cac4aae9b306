import type { Draft } from '../chart.ts';
import { dateText, yearDays } from '../date.ts';
import { occupations } from '../tables/occupations.ts';
import {
  depressionScores,
  occupationHistory,
  pregnancyIntent,
  pregnancyStatus,
  smoking,
} from '../tables/screenings.ts';
import { categories } from '../tables/vitals.ts';
import type { Visit } from '../visit.ts';
import { addObservation, quantity } from './observation.ts';

const socialHistory = [categories.socialHistory];
const survey = [categories.survey];

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

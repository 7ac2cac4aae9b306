import { type Draft, refer } from '../chart.ts';
import { addHealthConcern } from '../resources/condition.ts';
import { addHungerScreening } from '../resources/hunger.ts';
import { addObservation, quantity } from '../resources/observation.ts';
import { addServiceRequest } from '../resources/procedure.ts';
import {
  addOccupation,
  addPregnancyIntent,
  addPregnancyStatus,
  addSmokingStatus,
} from '../resources/social-history.ts';
import { depressionScores, hunger } from '../tables/screenings.ts';
import { answers, preferences, questions, remarks, socialProblems } from '../tables/showcase.ts';
import type { Concept } from '../tables/system.ts';
import { absentReasons, categories } from '../tables/vitals.ts';
import type { Visit } from '../visit.ts';

const { survey, sdoh, functional, disability, cognitive, socialHistory, activity } = categories;

/** An answer to a questionnaire; its categories besides `survey` say what it is about. */
function addAnswer(visit: Visit, about: readonly Concept[], code: Concept, members: object): Draft {
  const category = [survey, ...about];
  return addObservation(visit, 'us-core-observation-screening-assessment', { category, code }, members);
}

const points = (value: number) => ({ valueQuantity: quantity(value, 0, '{score}', '{score}') });

/** Food, money, housing and ways: at risk, with what follows from it. */
export function screenSocialNeeds(visit: Visit): void {
  addHungerScreening(visit, true);
  addAnswer(visit, [sdoh], questions.income, { valueString: '25000' });
  addAnswer(visit, [sdoh], questions.housing, { dataAbsentReason: absentReasons.declined });
  addAnswer(visit, [sdoh], questions.stress, { valueCodeableConcept: answers.somewhat });
  const concern = addHealthConcern(visit, socialProblems.transport);
  const referral = addServiceRequest(visit, hunger.referral, 'counselling');
  referral.category = [sdoh];
  referral.reasonReference = [refer(concern)];
  addRemark(visit, sdoh, remarks.transport, { valueBoolean: true });
}

/** What somebody does, smokes and drinks. */
export function screenLifestyle(visit: Visit): void {
  const { random } = visit.chart;
  const exercise = [socialHistory, activity];
  const days = addAnswer(visit, exercise, questions.exerciseDays, {
    valueQuantity: quantity(random.int(1, 5), 0, 'days per week', 'd/wk'),
  });
  const minutes = addAnswer(visit, exercise, questions.exerciseMinutes, {
    valueQuantity: quantity(random.int(2, 6) * 10, 0, 'min', 'min'),
  });
  addAnswer(visit, exercise, questions.exercisePanel, { hasMember: [days, minutes].map(refer) });
  addAnswer(visit, [socialHistory], questions.alcoholScore, points(random.int(0, 2)));
  addRemark(visit, socialHistory, remarks.drinks, { valueQuantity: quantity(random.int(0, 1), 0, '/d', '/d') });
  addSmokingStatus(visit);
  addOccupation(visit);
}

/** Claims US Core 7: in 6.1 a smoking status is never a quantity. */
export function addPackYears(visit: Visit): void {
  const value = visit.chart.random.int(12, 34);
  addObservation(
    visit,
    'us-core-smokingstatus|7.0.0',
    { category: [socialHistory], code: remarks.packYears },
    { valueQuantity: quantity(value, 0, 'pack-years', '{pack-years}') },
  );
}

/** Pregnancy, the wish for one, and a question that was not answered. */
export function askPersonalMatters(visit: Visit): void {
  addPregnancyStatus(visit);
  addPregnancyIntent(visit);
  addObservation(
    visit,
    'us-core-observation-sexual-orientation',
    { category: [socialHistory], code: remarks.orientation },
    { valueCodeableConcept: absentReasons.declined },
  );
}

/** How an old patient moves, thinks and feels. */
export function assessFunction(visit: Visit): void {
  const { random } = visit.chart;
  const fall = addAnswer(visit, [functional], questions.fallRisk, points(random.int(3, 9) * 5));
  addAnswer(visit, [cognitive], questions.coma, points(15));
  const score = addAnswer(visit, [disability], depressionScores.full, points(random.int(10, 14)));
  const panel = addAnswer(visit, [disability], questions.depressionPanel, { hasMember: [refer(score)] });
  addAnswer(visit, [disability], questions.depressionSeverity, {
    valueCodeableConcept: answers.moderate,
    derivedFrom: [refer(panel)],
  });
  addRemark(visit, functional, remarks.functional, {
    valueCodeableConcept: remarks.dressing,
    derivedFrom: [refer(fall)],
  });
  addRemark(visit, cognitive, remarks.cognition, { valueString: 'Alert, and knows place, day and people.' });
}

function addRemark(visit: Visit, category: Concept, code: Concept, members: object): void {
  addObservation(visit, 'us-core-simple-observation', { category: [category], code }, members);
}

/** What the patient wants from treatment, and from care. */
export function addPreferences(visit: Visit): void {
  const wish = (profile: string, category: Concept, code: Concept, text: string) => {
    const performer = [visit.chart.patient];
    addObservation(visit, profile, { category: [category], code }, { performer, valueString: text });
    addObservation(visit, profile, { category: [category], code }, { performer, valueCodeableConcept: { text } });
  };
  wish(
    'us-core-treatment-intervention-preference',
    categories.treatmentPreference,
    preferences.treatment,
    'No resuscitation; comfort comes first.',
  );
  wish(
    'us-core-care-experience-preference',
    categories.carePreference,
    preferences.care,
    'Quiet music in the evening, and the family at the bedside.',
  );
}

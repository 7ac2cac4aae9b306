import { home } from '../bundle.ts';
import { type Draft, refer } from '../chart.ts';
import { hunger } from '../tables/screenings.ts';
import type { Coding, Concept } from '../tables/system.ts';
import { categories } from '../tables/vitals.ts';
import type { Visit } from '../visit.ts';
import { addHealthConcern } from './condition.ts';
import { addObservation } from './observation.ts';
import { addServiceRequest } from './procedure.ts';

const socialSurvey = [categories.survey, categories.sdoh];

type Item = { readonly code: Concept; readonly answer: Concept };

/** The Hunger Vital Sign as filled in, and as observations. Who is at risk gets a health concern and a referral. */
export function addHungerScreening(visit: Visit, atRisk = visit.chart.random.chance(0.11)): void {
  const { random } = visit.chart;
  const { often, sometimes, never } = hunger.answers;
  const answer = () => (atRisk ? random.pick([often, sometimes]) : never);
  const items = [
    { code: hunger.worried, answer: answer() },
    { code: hunger.lasted, answer: answer() },
    { code: hunger.risk, answer: atRisk ? hunger.atRisk : hunger.noRisk },
  ];
  const derivedFrom = [refer(addResponse(visit, items))];
  const performer = [visit.chart.patient];
  const observe = (code: Concept, members: object) =>
    addObservation(visit, 'us-core-observation-screening-assessment', { category: socialSurvey, code }, members);
  const members = items.map((item) =>
    observe(item.code, { performer, valueCodeableConcept: item.answer, derivedFrom }),
  );
  observe(hunger.panel, { performer, hasMember: members.map(refer), derivedFrom });
  if (atRisk) referToPantry(visit);
}

function addResponse(visit: Visit, items: readonly Item[]): Draft {
  const { chart, at } = visit;
  return chart.add('QuestionnaireResponse', 'us-core-questionnaireresponse', {
    identifier: {
      system: `${home}/questionnaire-response`,
      value: visit.encounter.reference.slice('Encounter/'.length),
    },
    questionnaire: 'http://hl7.org/fhir/us/core/Questionnaire/hunger-vital-sign-example',
    status: 'completed',
    subject: chart.patient,
    encounter: visit.encounter,
    authored: at,
    author: chart.patient,
    item: items.map(({ code, answer }) => ({
      linkId: `/88121-9/${(code.coding[0] as Coding).code}`,
      text: code.text,
      answer: [{ valueCoding: answer.coding[0] }],
    })),
  });
}

function referToPantry(visit: Visit): void {
  addHealthConcern(visit, hunger.condition);
  const referral = addServiceRequest(visit, hunger.referral, 'counselling', hunger.condition);
  referral.category = [categories.sdoh];
  referral.status = 'active';
}

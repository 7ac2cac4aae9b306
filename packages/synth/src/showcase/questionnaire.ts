import { home } from '../bundle.ts';
import { answers, questions } from '../tables/showcase.ts';
import type { Visit } from '../visit.ts';

/** A form that the clinician filled in: groups, answers of several types, and a question below an answer. */
export function addIntakeForm(visit: Visit): void {
  const { chart, clinician, at } = visit;
  chart.add('QuestionnaireResponse', 'us-core-questionnaireresponse', {
    identifier: { system: `${home}/questionnaire-response`, value: `intake-${visit.draft.id}` },
    questionnaire: `${home}/fhir/Questionnaire/intake`,
    _questionnaire: {
      extension: [
        { url: 'http://hl7.org/fhir/StructureDefinition/display', valueString: 'Intake form' },
        {
          url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-extension-questionnaire-uri',
          valueUri: `${home}/forms/intake`,
        },
      ],
    },
    status: 'completed',
    subject: chart.patient,
    encounter: visit.encounter,
    authored: at,
    author: clinician.practitioner,
    item: [
      { linkId: 'income', text: questions.income.text, answer: [{ valueDecimal: 25000 }] },
      { linkId: 'wish', text: 'What do you want to talk about?', answer: [{ valueString: 'Sleep.' }] },
      {
        linkId: 'stress',
        text: questions.stress.text,
        answer: [
          {
            valueCoding: answers.somewhat.coding[0],
            item: [{ linkId: 'stress.why', text: 'What about?', answer: [{ valueString: 'Work at night.' }] }],
          },
        ],
      },
      {
        linkId: 'home',
        text: 'Home',
        item: [
          { linkId: 'home.people', text: 'How many people live with you?', answer: [{ valueInteger: 3 }] },
          { linkId: 'home.help', text: 'Who helps you?', answer: [{ valueString: 'My neighbors.' }] },
        ],
      },
    ],
  });
}

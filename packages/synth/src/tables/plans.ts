import type { ChronicKey } from './conditions.ts';
import { type Concept, coding, concept, snomed, system } from './system.ts';

export const assessPlan = concept(
  coding(`${system.usCore}/careplan-category`, 'assess-plan', 'Assessment and Plan of Treatment'),
);

export type CareProgram = {
  readonly category: Concept;
  readonly activities: readonly Concept[];
  readonly goal: string;
};

const activity = (code: string, display: string) => concept(snomed(code, display));
const exercise = activity('229065009', 'Exercise therapy (regime/therapy)');

/** Care plans, by the condition they are for. */
export const programs: { readonly [key in ChronicKey | 'pregnancy']?: CareProgram } = {
  diabetes: {
    category: activity('735985000', 'Diabetes self management plan (record artifact)'),
    activities: [activity('160670007', 'Diabetic diet (finding)'), exercise],
    goal: 'Hemoglobin A1c below 7.0 %',
  },
  hypertension: {
    category: activity('443402002', 'Lifestyle education regarding hypertension (procedure)'),
    activities: [exercise],
    goal: 'Blood pressure below 130/80 mmHg',
  },
  asthma: {
    category: activity('699728000', 'Asthma self management (regime/therapy)'),
    activities: [activity('58332002', 'Allergy education (procedure)')],
    goal: 'No night-time asthma symptoms in a month',
  },
  copd: {
    category: activity('53950000', 'Respiratory therapy (procedure)'),
    activities: [activity('371605008', 'Deep breathing and coughing exercises (regime/therapy)')],
    goal: 'No admission for breathlessness in a year',
  },
  pregnancy: {
    category: activity('134435003', 'Routine antenatal care (regime/therapy)'),
    activities: [
      activity('135892000', 'Antenatal education (procedure)'),
      activity('312404004', 'Antenatal blood tests (procedure)'),
    ],
    goal: 'A healthy birth at term',
  },
};

/** For everybody else. */
export const healthyLiving: CareProgram = {
  category: activity('384758001', 'Self-care interventions (procedure)'),
  activities: [exercise],
  goal: 'Thirty minutes of activity on five days a week',
};

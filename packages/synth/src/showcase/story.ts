import type { Reference } from '../bundle.ts';
import type { Chart } from '../chart.ts';
import { refer } from '../chart.ts';
import { dayOf } from '../date.ts';
import { addElectrocardiogram } from '../resources/electrocardiogram.ts';
import { addVaccination } from '../resources/immunization.ts';
import { addDevice, addProcedure, addServiceRequest } from '../resources/procedure.ts';
import { acuteConditions, chronicConditions } from '../tables/conditions.ts';
import { findings } from '../tables/documents.ts';
import { physicalTherapy } from '../tables/showcase.ts';
import { categories } from '../tables/vitals.ts';
import type { Plan, Visit } from '../visit.ts';
import type { Role } from './cast.ts';
import { addStrip, fileDocument, fileReport } from './document.ts';
import { addAverageBloodPressures, declineVitalSigns, measureEverything } from './measure.ts';
import { addIntakeForm } from './questionnaire.ts';
import {
  addPackYears,
  addPreferences,
  askPersonalMatters,
  assessFunction,
  screenLifestyle,
  screenSocialNeeds,
} from './screening.ts';
import { diagnose, examine, testBloodAndUrine } from './treatment.ts';

type Scene = Omit<Plan, 'day'> & {
  /** How many days before the record's end. */
  readonly before: number;
};

const [sinusitis, pharyngitis] = acuteConditions.map(({ concept }) => concept);
const { arthritis, fibrillation } = chronicConditions;
const wellness = { kind: 'wellness', note: 'history', measure: measureEverything } as const;
const ill = { kind: 'symptom', measure: measureEverything } as const;
const declined = { kind: 'wellness', measure: declineVitalSigns, act: () => undefined } as const;

/** What happens to each of the cast, besides what may happen to anybody. */
export const stories: Readonly<Record<Role, readonly Scene[]>> = {
  infant: [
    { ...ill, before: 60, fever: true, act: (visit) => addVaccination(visit, 'influenza', true) },
    { ...declined, kind: 'wellChild', before: 30 },
  ],
  child: [
    { ...ill, before: 120, act: (visit) => addVaccination(visit, 'influenza', false) },
    { ...declined, kind: 'wellChild', before: 80 },
  ],
  mother: [
    { ...wellness, before: 320, act: screenSocialNeeds },
    { ...wellness, before: 280, act: each(screenLifestyle, askPersonalMatters, addIntakeForm) },
    { ...wellness, before: 50, act: addAverageBloodPressures },
  ],
  worker: [
    { ...ill, before: 400, act: (visit) => diagnose(visit, sinusitis ?? arthritis.concept) },
    { ...wellness, before: 330, act: each(screenLifestyle, addPackYears) },
    { kind: 'admission', before: 250, reason: arthritis.concept, note: 'discharge', act: replaceKnee },
  ],
  stranger: [{ ...declined, before: 100, note: 'history', act: addPackYears }],
  elder: [
    { ...wellness, before: 300, act: each(assessFunction, addPreferences) },
    { kind: 'admission', before: 200, reason: fibrillation.concept, note: 'discharge', act: placePacemaker },
    { ...ill, before: 90, act: (visit) => diagnose(visit, pharyngitis ?? fibrillation.concept) },
  ],
};

export function planStory(chart: Chart, role: Role): void {
  for (const { before, ...scene } of stories[role]) chart.plan({ ...scene, day: dayOf(chart.end) - before });
}

function each(...acts: readonly ((visit: Visit) => void)[]): (visit: Visit) => void {
  return (visit) => {
    for (const act of acts) act(visit);
  };
}

/** A stay with every kind of note, and reports of image, laboratory and pathology. */
function replaceKnee(visit: Visit): void {
  const laboratory = testBloodAndUrine(visit);
  const [first] = laboratory.result as readonly Reference[];
  const result = visit.chart.drafts.find((draft) => refer(draft).reference === first?.reference);
  const results = [...(result ? [result] : []), examine(visit)];
  addProcedure(visit, 'kneeReplacement', { reason: arthritis.concept, order: 'surgical' });
  addDevice(visit, 'kneeProsthesis');
  const training = addServiceRequest(visit, physicalTherapy, 'counselling', arthritis.concept);
  training.category = [categories.functional];
  for (const key of ['consult', 'admission', 'procedure', 'progress', 'discharge', 'laboratory'] as const) {
    fileDocument(visit, key);
  }
  fileReport(visit, 'chestImage', { text: findings.chest, results });
  fileReport(visit, 'colonPathology', { text: findings.knee, results });
}

function placePacemaker(visit: Visit): void {
  addElectrocardiogram(visit, fibrillation.concept);
  const results = visit.chart.drafts.filter(
    ({ encounter, meta }) => encounter === visit.encounter && JSON.stringify(meta).includes('clinical-result'),
  );
  fileReport(visit, 'electrocardiogram', { text: findings.rhythm, results, media: addStrip(visit) });
  addProcedure(visit, 'pacemaker', { reason: fibrillation.concept, order: 'surgical' });
  addDevice(visit, 'pacemaker');
}

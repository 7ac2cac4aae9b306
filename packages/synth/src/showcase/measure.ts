import { timeText } from '../date.ts';
import { addObservation, quantity } from '../resources/observation.ts';
import { addBloodPressure, addVitalSigns } from '../resources/vital-signs.ts';
import type { Concept } from '../tables/system.ts';
import {
  absentReasons,
  averageBloodPressure,
  bloodPressure,
  categories,
  oxygenConcentration,
  oxygenFlow,
  type VitalKey,
  vitals,
} from '../tables/vitals.ts';
import type { Visit } from '../visit.ts';

const vitalSigns = [categories.vitalSigns];
const dataAbsentReason = absentReasons.declined;

const always: readonly VitalKey[] = ['height', 'weight', 'temperature', 'heartRate', 'respiratoryRate'];
const byAge: readonly { readonly below: number; readonly keys: readonly VitalKey[] }[] = [
  { below: 2, keys: ['headCircumference', 'headPercentile', 'weightForLength'] },
  { below: 20, keys: ['bmi', 'bmiPercentile'] },
  { below: 200, keys: ['bmi'] },
];

/** A visit at which the patient, or who came along, wanted nothing measured: each vital sign says why it is absent. */
export function declineVitalSigns(visit: Visit): void {
  const years = visit.chart.years(visit.day);
  const keys = [...always, ...(byAge.find(({ below }) => years < below)?.keys ?? [])];
  for (const key of keys) addAbsent(visit, vitals[key].profile, vitals[key].concept, {});
  addAbsent(visit, vitals.oxygen.profile, vitals.oxygen.concept, {
    component: [oxygenFlow, oxygenConcentration].map((code) => ({ code, dataAbsentReason })),
  });
  addAbsent(visit, 'us-core-blood-pressure', bloodPressure.panel, {
    component: [bloodPressure.systolic, bloodPressure.diastolic].map((code) => ({ code, dataAbsentReason })),
  });
}

function addAbsent(visit: Visit, profile: string, code: Concept, members: object): void {
  addObservation(visit, profile, { category: vitalSigns, code }, { dataAbsentReason, ...members });
}

/** As usual, and the blood pressure of a small child too. */
export function measureEverything(visit: Visit): void {
  addVitalSigns(visit);
  const years = visit.chart.years(visit.day);
  if (years < 3) addBloodPressure(visit, years);
}

/** Measured at home over three days; once by a cuff that gives no diastolic pressure. */
export function addAverageBloodPressures(visit: Visit): void {
  const mean = (code: Concept, value: number) => ({
    code,
    valueQuantity: quantity(value, 0, 'mmHg', 'mm[Hg]'),
  });
  const { systolic, diastolic } = averageBloodPressure;
  const wobble = visit.chart.random.int(-4, 4);
  addAverage(visit, [mean(systolic, 124 + wobble), mean(diastolic, 78 + wobble)]);
  addAverage(visit, [mean(systolic, 122 + wobble), { code: diastolic, dataAbsentReason: absentReasons.unknown }]);
}

function addAverage(visit: Visit, component: readonly object[]): void {
  const draft = addObservation(
    visit,
    'us-core-average-blood-pressure',
    { category: vitalSigns, code: averageBloodPressure.panel },
    { performer: [visit.chart.patient], component },
  );
  delete draft.effectiveDateTime;
  draft.effectivePeriod = { start: timeText(visit.start - 4 * 86_400), end: timeText(visit.start - 86_400) };
}

import { bodyAt } from '../person.ts';
import { heads, interpolate, percentile } from '../tables/growth.ts';
import { system } from '../tables/system.ts';
import {
  bloodPressure,
  categories,
  dataAbsent,
  oxygenConcentration,
  oxygenFlow,
  type VitalKey,
  vitals,
} from '../tables/vitals.ts';
import type { Visit } from '../visit.ts';
import { addObservation, quantity } from './observation.ts';

const vitalSigns = [categories.vitalSigns];

/** What is measured at a visit: by age, and by what the visit is for. */
export function addVitalSigns(visit: Visit): void {
  const { chart, day } = visit;
  const years = chart.years(day);
  addBodyMeasures(visit, years);
  if (years >= 3) addBloodPressure(visit, years);
  const isIll = visit.kind === 'symptom' || visit.kind === 'emergency' || visit.kind === 'admission';
  if (isIll || years < 2) addVital(visit, 'temperature', (visit.fever ? 38.4 : 36.8) + 0.3 * chart.random.bell(), 1);
  addVital(visit, 'heartRate', restingRate(years) + (visit.fever ? 14 : 0) + 6 * chart.random.bell());
  if (isIll) addVital(visit, 'respiratoryRate', (years < 5 ? 26 : 15) + 1.5 * chart.random.bell());
  if (isIll || chart.has('copd', day) || chart.has('asthma', day)) addOxygen(visit);
}

function addBodyMeasures(visit: Visit, years: number): void {
  const { chart, day } = visit;
  const { person, random } = chart;
  const body = bodyAt(person, day);
  const gained = chart.pregnancy && chart.isPregnant(day) ? ((day - chart.pregnancy.from) / 280) * 12 : 0;
  const weight = body.weight + gained + 0.006 * body.weight * random.bell();
  addVital(visit, 'weight', weight, 1);
  if (years < 20 || chart.isDue('height', day, 700)) addVital(visit, 'height', body.height, 1);
  if (years < 2) addInfantMeasures(visit);
  else addVital(visit, 'bmi', weight / (body.height / 100) ** 2, 1);
  if (years >= 2 && years < 20) addVital(visit, 'bmiPercentile', percentile(person.heavy));
}

function addInfantMeasures(visit: Visit): void {
  const { chart, day } = visit;
  const { person } = chart;
  const median = interpolate(heads, chart.months(day), person.sex === 'female' ? 1 : 2);
  addVital(visit, 'headCircumference', median * (1 + 0.025 * person.tall), 1);
  addVital(visit, 'headPercentile', percentile(person.tall));
  addVital(visit, 'weightForLength', percentile(person.heavy));
}

function addVital(visit: Visit, key: VitalKey, value: number, decimals = 0): void {
  const vital = vitals[key];
  addObservation(
    visit,
    vital.profile,
    { category: vitalSigns, code: vital.concept },
    {
      valueQuantity: quantity(value, decimals, vital.unit, vital.code),
    },
  );
}

/** Once in a while the cuff did not fit and the diastolic pressure is missing, with the reason why. */
export function addBloodPressure(visit: Visit, years: number): void {
  const { random } = visit.chart;
  const systolic = systolicOf(visit, years) + 4 * random.bell();
  const diastolic = 30 + systolic * 0.38 + 3 * random.bell();
  const of = (value: number) => ({ valueQuantity: quantity(value, 0, 'mmHg', 'mm[Hg]') });
  addObservation(
    visit,
    'us-core-blood-pressure',
    { category: vitalSigns, code: bloodPressure.panel },
    {
      component: [
        { code: bloodPressure.systolic, ...of(systolic) },
        { code: bloodPressure.diastolic, ...(random.chance(0.02) ? { dataAbsentReason: dataAbsent } : of(diastolic)) },
      ],
    },
  );
}

/** Rises with age; hypertension adds 28 mmHg, of which treatment takes most away again. */
function systolicOf({ chart, day }: Visit, years: number): number {
  const { tense } = chart.person;
  if (years < 18) return 90 + years * 1.5 + 5 * tense;
  const usual = 109 + (years - 18) * 0.24 + 6 * tense + (chart.isObese(day) ? 4 : 0);
  return chart.has('hypertension', day) ? usual + 28 - 22 * chart.treated('hypertension', day) : usual;
}

function restingRate(years: number): number {
  if (years < 1) return 128;
  return years < 12 ? 112 - years * 3 : 73;
}

function addOxygen(visit: Visit): void {
  const { chart, day } = visit;
  const value = (chart.has('copd', day) ? 93.5 : 98) + 0.8 * chart.random.bell();
  const inhaled = (code: typeof oxygenFlow, amount: number, unit: string) => ({
    code,
    valueQuantity: { value: amount, unit, system: system.ucum, code: unit },
  });
  addObservation(
    visit,
    vitals.oxygen.profile,
    { category: vitalSigns, code: vitals.oxygen.concept },
    {
      valueQuantity: quantity(Math.min(100, value), 0, '%', '%'),
      component: [inhaled(oxygenFlow, 0, 'L/min'), inhaled(oxygenConcentration, 21, '%')],
    },
  );
}

import type { Chart } from '../chart.ts';
import { dateText, dayOf } from '../date.ts';
import { allergies, noKnownAllergy } from '../tables/allergies.ts';
import { coding, concept, system } from '../tables/system.ts';
import { addMedicationOrder } from './medication.ts';

const clinical = (code: string, display: string) =>
  concept(coding(`${system.terminology}/allergyintolerance-clinical`, code, display));
const active = clinical('active', 'Active');
const resolved = clinical('resolved', 'Resolved');
const confirmed = concept(coding(`${system.terminology}/allergyintolerance-verification`, 'confirmed', 'Confirmed'));

/** None to three allergies; none is said as such. */
export function addAllergies(chart: Chart): void {
  const { random, patient } = chart;
  const count = random.chance(0.6) ? 0 : random.int(1, 3);
  const chosen = new Set(Array.from({ length: count }, () => random.weighted(allergies)));
  if (chosen.size === 0) {
    chart.add('AllergyIntolerance', 'us-core-allergyintolerance', {
      clinicalStatus: active,
      verificationStatus: confirmed,
      code: noKnownAllergy,
      patient,
      recordedDate: dateText(chart.begin),
    });
  }
  for (const allergy of chosen) addAllergy(chart, allergy);
}

export function addAllergy(chart: Chart, allergy: (typeof allergies)[number]): void {
  const { random, person } = chart;
  const onset = random.int(person.birth, Math.max(person.birth, Math.min(chart.begin, dayOf(chart.end) - 1)));
  chart.add('AllergyIntolerance', 'us-core-allergyintolerance', {
    clinicalStatus: random.chance(0.9) ? active : resolved,
    verificationStatus: confirmed,
    type: allergy.type,
    category: [allergy.category],
    criticality: allergy.criticality,
    code: allergy.substance,
    patient: chart.patient,
    onsetDateTime: dateText(onset),
    recordedDate: dateText(Math.max(onset, chart.begin)),
    recorder: chart.primary.practitioner,
    reaction: [{ manifestation: [allergy.reaction], severity: allergy.severity }],
  });
  if (allergy.criticality === 'high') {
    addMedicationOrder(chart, 'epinephrine', { day: chart.begin, at: dateText(chart.begin), clinician: chart.primary });
  }
}

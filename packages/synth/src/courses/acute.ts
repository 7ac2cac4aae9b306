import type { Chart } from '../chart.ts';
import { type Day, dateText, dayOf, yearDays } from '../date.ts';
import { addDiagnosis } from '../resources/condition.ts';
import { addPanel } from '../resources/laboratory.ts';
import { addMedicationOrder } from '../resources/medication.ts';
import { addNarrativeReport } from '../resources/note.ts';
import { addProcedure } from '../resources/procedure.ts';
import { type AcuteCondition, acuteConditions } from '../tables/conditions.ts';
import type { Visit } from '../visit.ts';

/** Illnesses and injuries that come and go: more often in small children and old people. */
export function planAcuteIllness(chart: Chart): void {
  const { random } = chart;
  for (let from = chart.begin; from < dayOf(chart.end); from += Math.round(yearDays)) {
    const years = chart.years(from);
    if (!random.chance(years < 6 ? 0.6 : years > 70 ? 0.5 : 0.35)) continue;
    const day = from + random.int(0, 364);
    const possible = acuteConditions.filter((condition) => canHave(chart, condition, day));
    if (possible.length === 0) continue;
    const condition = random.weighted(possible);
    chart.plan({
      day,
      kind: condition.place,
      reason: condition.concept,
      note: condition.place === 'admission' ? 'discharge' : 'progress',
      fever: condition.fever === true,
      ...(condition.place === 'emergency' && { clinician: chart.clinician('emergency') }),
      ...(condition.place === 'admission' && { clinician: hospitalist(chart) }),
      act: (visit) => treat(visit, condition),
    });
  }
}

function canHave(chart: Chart, { ages, sex, since }: AcuteCondition, day: Day): boolean {
  const years = chart.years(day);
  if (sex !== undefined && sex !== chart.person.sex) return false;
  if (since !== undefined && dateText(day) < since) return false;
  return years >= ages[0] && years < ages[1];
}

function hospitalist(chart: Chart) {
  return chart.network.clinicians.find((c) => c.specialty === 'internal' && c.site.key === 'hospital') ?? chart.primary;
}

function treat(visit: Visit, condition: AcuteCondition): void {
  const { chart, day, at, clinician, encounter } = visit;
  const diagnosis = addDiagnosis(visit, condition.concept, condition.days);
  if (condition.panel) addPanel(visit, condition.panel, condition.concept);
  if (condition.note === 'chestImage') {
    addProcedure(visit, 'chestImage', { reason: condition.concept, order: 'imaging' });
    addNarrativeReport(visit, 'chestImage');
  }
  if (condition.concept.text.startsWith('Fracture'))
    addProcedure(visit, 'immobilization', { reason: condition.concept });
  if (condition.medication) {
    const reasonReference = { reference: `Condition/${diagnosis.id}` };
    addMedicationOrder(chart, condition.medication, { day, at, clinician, encounter, reasonReference });
  }
}

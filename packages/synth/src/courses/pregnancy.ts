import type { Chart } from '../chart.ts';
import { dayOf } from '../date.ts';
import type { Clinician } from '../network.ts';
import { addCarePlan } from '../resources/care-plan.ts';
import { addProblem, nameDiagnosis } from '../resources/condition.ts';
import { addPanel } from '../resources/laboratory.ts';
import { addMedicationOrder } from '../resources/medication.ts';
import { addProcedure } from '../resources/procedure.ts';
import { addPregnancyStatus } from '../resources/social-history.ts';
import { pregnancy as pregnant } from '../tables/conditions.ts';
import type { EncounterKind } from '../tables/encounters.ts';
import type { NoteKey } from '../tables/notes.ts';
import { programs } from '../tables/plans.ts';
import type { Visit } from '../visit.ts';

const prenatalWeeks = [8, 16, 24, 30, 35, 38];

/** For some women of 20 to 40: a pregnancy, told from the first visit to six weeks after the birth, or as far as it is. */
export function planPregnancy(chart: Chart): void {
  const { person, random } = chart;
  const from = random.int(chart.begin, Math.max(chart.begin, dayOf(chart.end) - 60));
  const years = chart.years(from);
  if (person.sex !== 'female' || years < 20 || years > 40 || !random.chance(0.28)) return;
  const to = from + 7 * 39 + random.int(-7, 9);
  chart.pregnancy = { from, to };
  const clinician = chart.clinician('obstetrics');
  const plan = (
    day: number,
    kind: EncounterKind,
    note: NoteKey,
    act: (visit: Visit) => void,
    by: Clinician = clinician,
  ) => chart.plan({ day, kind, note, clinician: by, reason: pregnant, act });
  for (const week of prenatalWeeks) plan(from + week * 7 + random.int(-2, 2), 'prenatal', 'progress', prenatal);
  const hospital = chart.network.clinicians.find((c) => c.specialty === 'obstetrics' && c.site.key === 'hospital');
  plan(to, 'delivery', 'discharge', deliver, hospital);
  plan(to + 42, 'postnatal', 'progress', addPregnancyStatus);
}

function prenatal(visit: Visit): void {
  const { chart, day, at, clinician, encounter } = visit;
  if (chart.isDue('pregnancy', day, 40_000)) {
    const { from, to } = chart.pregnancy ?? { from: day, to: day };
    const problem = addProblem(chart, pregnant, from, { visit, end: to });
    nameDiagnosis(visit, problem);
    addPregnancyStatus(visit);
    addPanel(visit, 'bloodCount', pregnant);
    addMedicationOrder(chart, 'iron', {
      day,
      at,
      clinician,
      encounter,
      reasonReference: { reference: `Condition/${problem.id}` },
    });
    if (programs.pregnancy) addCarePlan(visit, programs.pregnancy, problem);
  } else addProcedure(visit, 'fundalHeight', { reason: pregnant });
}

function deliver(visit: Visit): void {
  addProcedure(visit, visit.chart.random.chance(0.3) ? 'cesarean' : 'vaginalDelivery', { reason: pregnant });
}

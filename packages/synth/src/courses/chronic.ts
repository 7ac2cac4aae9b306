import type { Chart, Problem } from '../chart.ts';
import { type Day, dayOf, monthDays, yearDays } from '../date.ts';
import { addCarePlan, joinCareTeam } from '../resources/care-plan.ts';
import { addProblem, nameDiagnosis } from '../resources/condition.ts';
import { addElectrocardiogram } from '../resources/electrocardiogram.ts';
import { addPanel } from '../resources/laboratory.ts';
import { addMedicationOrder } from '../resources/medication.ts';
import { addDevice, addProcedure } from '../resources/procedure.ts';
import { addDepressionScore } from '../resources/social-history.ts';
import { type ChronicCondition, type ChronicKey, chronicConditions } from '../tables/conditions.ts';
import type { MedicationKey } from '../tables/medications.ts';
import { programs } from '../tables/plans.ts';
import type { Visit } from '../visit.ts';

const keys = Object.keys(chronicConditions) as ChronicKey[];

/** Draws the lasting conditions by age and by what makes them likelier, and plans their diagnosis and follow-up. */
export function planChronicIllness(chart: Chart): void {
  for (const key of keys) {
    const onset = drawOnset(chart, key);
    if (onset === undefined) continue;
    if (onset < chart.begin) {
      chart.problems.set(key, { onset, draft: addProblem(chart, chronicConditions[key].concept, onset) });
    } else planDiagnosis(chart, key, onset);
  }
  planFollowUps(chart);
}

/** A day on which the condition began, in the years since it became possible; undefined for who does not get it. */
function drawOnset(chart: Chart, key: ChronicKey): Day | undefined {
  const condition: ChronicCondition = chronicConditions[key];
  const { person, random } = chart;
  const end = dayOf(chart.end);
  const years = chart.years(end);
  if (condition.sex && condition.sex !== person.sex) return undefined;
  const share = condition.prevalence.findLast(([from]) => from <= years)?.[1] ?? 0;
  if (!random.chance(Math.min(0.85, share * likelihood(chart, condition)))) return undefined;
  const possible = condition.prevalence[0]?.[0] ?? 0;
  const since = Math.max(possible, years - 14);
  return Math.min(end - 1, person.birth + Math.round(random.between(since, years) * yearDays));
}

function likelihood(chart: Chart, { likelier = {} }: ChronicCondition): number {
  const end = dayOf(chart.end);
  let factor = 1;
  for (const [cause, times] of Object.entries(likelier)) {
    const isGiven =
      cause === 'obese'
        ? chart.isObese(end)
        : cause === 'smoker'
          ? chart.person.smoking !== 'never'
          : chart.problems.has(cause as ChronicKey);
    if (isGiven) factor *= times;
  }
  return factor;
}

/** The problem is drawn now, so that it can be a cause of others, and written down at the visit that finds it. */
function planDiagnosis(chart: Chart, key: ChronicKey, onset: Day): void {
  const { concept } = chronicConditions[key];
  chart.plan({
    day: onset + chart.random.int(2, 15),
    kind: 'problem',
    reason: concept,
    note: 'history',
    act: (visit) => {
      const problem = { onset, draft: addProblem(chart, concept, onset, { visit }) };
      chart.problems.set(key, problem);
      nameDiagnosis(visit, problem.draft);
      care(visit, key, problem);
    },
  });
}

/** One series of visits for all problems, as often as the most demanding of them asks. */
function planFollowUps(chart: Chart): void {
  const { random } = chart;
  if (chart.problems.size === 0) return;
  const months = Math.min(...[...chart.problems.keys()].map((key) => chronicConditions[key].followUp));
  const specialist = [...chart.problems.keys()]
    .map((key) => (chronicConditions[key] as ChronicCondition).specialist)
    .find(Boolean);
  const consultant = specialist && chart.clinician(specialist);
  let day = chart.begin + random.int(10, 60);
  for (let n = 0; day < dayOf(chart.end); n++) {
    const isConsult = consultant !== undefined && n % 3 === 1;
    chart.plan({
      day,
      kind: 'followUp',
      note: isConsult ? 'consult' : 'progress',
      ...(isConsult && { clinician: consultant }),
      act: followUp,
    });
    day += Math.round(months * monthDays) + random.int(-10, 20);
  }
}

function followUp(visit: Visit): void {
  const { chart } = visit;
  if (visit.clinician.specialty !== chart.primary.specialty) joinCareTeam(visit);
  for (const [key, problem] of chart.problems) {
    nameDiagnosis(visit, problem.draft);
    care(visit, key, problem);
  }
  if (chart.isDue('reconciliation', visit.day, 700)) addProcedure(visit, 'reconciliation');
}

function care(visit: Visit, key: ChronicKey, problem: Problem): void {
  const { chart, day } = visit;
  const condition: ChronicCondition = chronicConditions[key];
  for (const medication of condition.medications) renew(visit, medication, problem);
  if (condition.second && chart.isDue(`second ${key}`, day, 40_000) && chart.random.chance(0.35)) {
    renew(visit, condition.second, problem);
  } else if (condition.second && chart.orders.has(condition.second)) renew(visit, condition.second, problem);
  for (const panel of condition.panels) {
    if (chart.isDue(panel, day, panel === 'hemoglobinA1c' ? 140 : 330)) addPanel(visit, panel, condition.concept);
  }
  const program = programs[key];
  if (program && chart.isDue(`program ${key}`, day, 40_000)) addCarePlan(visit, program, problem.draft);
  examine(visit, key);
}

function renew(visit: Visit, key: MedicationKey, problem: Problem): void {
  const { chart, day, at, clinician, encounter } = visit;
  const last = chart.orders.get(key);
  if (last && day - last.day < 350) return;
  addMedicationOrder(chart, key, {
    day,
    at,
    clinician,
    encounter,
    reasonReference: { reference: `Condition/${problem.draft.id}` },
  });
}

/** What is examined, done or implanted for a condition. */
function examine(visit: Visit, key: ChronicKey): void {
  const { chart, day } = visit;
  const { concept: reason } = chronicConditions[key];
  const first = (what: string, days = 40_000) => chart.isDue(what, day, days);
  switch (key) {
    case 'diabetes':
      if (first('foot', 350)) addProcedure(visit, 'footExamination', { reason });
      if (first('glucoseMeter')) addDevice(visit, 'glucoseMeter');
      return;
    case 'asthma':
    case 'copd':
      if (first('spirometry', 700)) addProcedure(visit, 'spirometry', { reason });
      return;
    case 'coronary':
    case 'fibrillation':
      if (first('electrocardiogram', 350)) addElectrocardiogram(visit, reason);
      if (key === 'fibrillation' && first('pacemaker') && chart.random.chance(0.2)) {
        addProcedure(visit, 'pacemaker', { reason, order: 'surgical' });
        addDevice(visit, 'pacemaker');
      }
      return;
    case 'arthritis':
      if (first('knee') && chart.random.chance(0.15)) {
        addProcedure(visit, 'kneeReplacement', { reason, order: 'surgical' });
        addDevice(visit, 'kneeProsthesis');
      }
      return;
    case 'depression':
      if (first('score', 100)) addDepressionScore(visit);
      return;
    default:
  }
}

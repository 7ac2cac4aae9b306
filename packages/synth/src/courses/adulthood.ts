import type { Chart } from '../chart.ts';
import { dayOf, parseDay, yearDays } from '../date.ts';
import { addCarePlan } from '../resources/care-plan.ts';
import { addProblem } from '../resources/condition.ts';
import { addHungerScreening } from '../resources/hunger.ts';
import { addReportedVaccination, addVaccination } from '../resources/immunization.ts';
import { addPanel } from '../resources/laboratory.ts';
import { addNarrativeReport } from '../resources/note.ts';
import { addProcedure } from '../resources/procedure.ts';
import {
  addDepressionScore,
  addOccupation,
  addPregnancyIntent,
  addPregnancyStatus,
  addSmokingStatus,
} from '../resources/social-history.ts';
import { obesity } from '../tables/conditions.ts';
import { healthyLiving } from '../tables/plans.ts';
import type { Visit } from '../visit.ts';
import { isInfluenzaSeason } from './childhood.ts';

/** When the first vaccines against COVID-19 were given to many. */
const covidVaccines = parseDay('2021-01-15');

/** A yearly check-up for most grown-ups, with screening by age, blood tests and vaccines. */
export function planAdulthood(chart: Chart): void {
  const { random } = chart;
  const grown = chart.person.birth + Math.round(18 * yearDays);
  if (grown > dayOf(chart.end)) return;
  const from = Math.max(chart.begin, grown);
  reportEarlierVaccines(chart, from);
  const faithful = chart.years(from) > 50 ? 0.95 : 0.75;
  const first = from + random.int(5, 300);
  for (let day = first; day <= dayOf(chart.end); day += random.int(345, 400)) {
    if (day === first || random.chance(faithful)) chart.plan({ day, kind: 'wellness', note: 'history', act: checkUp });
  }
}

function checkUp(visit: Visit): void {
  const { chart, day } = visit;
  const years = chart.years(day);
  addSmokingStatus(visit);
  addDepressionScore(visit);
  if (chart.isDue('social', day, 900)) addSocialHistory(visit, years);
  if (chart.isDue('bloodCount', day, 500)) addPanel(visit, 'bloodCount');
  if (years > 35 && chart.isDue('lipid', day, 600)) addPanel(visit, 'lipid');
  if (years > 40 && chart.isDue('metabolic', day, 600)) addPanel(visit, 'metabolic');
  if (chart.isObese(day) && chart.isDue('obesity', day, 40_000)) addProblem(chart, obesity, day, { visit });
  if (chart.problems.size === 0 && chart.isDue('healthyLiving', day, 40_000)) addCarePlan(visit, healthyLiving);
  screenForCancer(visit, years);
  vaccinate(visit, years);
}

function addSocialHistory(visit: Visit, years: number): void {
  const { chart } = visit;
  addHungerScreening(visit);
  if (years < 66) addOccupation(visit);
  if (chart.person.sex === 'female' && years < 46) {
    addPregnancyStatus(visit);
    addPregnancyIntent(visit);
  }
}

function screenForCancer(visit: Visit, years: number): void {
  const { chart, day } = visit;
  if (years >= 45 && years < 76 && chart.random.chance(0.3) && chart.isDue('colonoscopy', day, 3000)) {
    addProcedure(visit, 'colonoscopy', { order: 'surgical' });
    if (chart.random.chance(0.35)) addNarrativeReport(visit, 'colonPathology');
  }
  if (chart.person.sex === 'female' && years >= 45 && years < 75 && chart.isDue('mammogram', day, 650)) {
    addProcedure(visit, 'mammography', { order: 'imaging' });
    addNarrativeReport(visit, 'mammogram');
  }
}

function vaccinate(visit: Visit, years: number): void {
  const { chart, day } = visit;
  if (isInfluenzaSeason(day) && chart.random.chance(0.7) && chart.isDue('influenza', day, 200)) {
    addVaccination(visit, 'influenza');
  }
  if (day > covidVaccines + 365 && chart.random.chance(0.4) && chart.isDue('covid', day, 300))
    addVaccination(visit, 'covid');
  if (years >= 50 && chart.isDue('zoster', day, 40_000)) addVaccination(visit, 'zoster');
  if (years >= 65 && chart.isDue('pneumococcal', day, 40_000)) addVaccination(visit, 'pneumococcal20');
  if (chart.isDue('tetanus', day, 3650)) addVaccination(visit, 'td');
}

/** Of most, some dose from the years before is known. */
function reportEarlierVaccines(chart: Chart, from: number): void {
  const { random, person } = chart;
  if (chart.begin < from) return;
  if (random.chance(0.7)) {
    const day = Math.max(person.birth + 4000, from - random.int(300, 3600));
    if (day < from) {
      chart.lastDone.set('tetanus', day);
      addReportedVaccination(chart, 'tdap', day);
    }
  }
  const vaccineDay = covidVaccines + random.int(0, 300);
  if (vaccineDay < from && random.chance(0.6)) addReportedVaccination(chart, 'covid', vaccineDay);
}

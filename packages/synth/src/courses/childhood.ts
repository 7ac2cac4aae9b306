import type { Chart } from '../chart.ts';
import { dayOf, monthDays, monthOf } from '../date.ts';
import { addReportedVaccination, addVaccination } from '../resources/immunization.ts';
import { addPanel } from '../resources/laboratory.ts';
import { childhoodSchedule, type VaccineKey, wellChildMonths } from '../tables/vaccines.ts';
import type { Visit } from '../visit.ts';

/** Well child visits and the vaccines due at each. Doses due before the years that are told are on record as reported. */
export function planChildhood(chart: Chart): void {
  const { person, random } = chart;
  if (chart.years(chart.begin) >= 18) return;
  for (const months of wellChildMonths) {
    const day = person.birth + Math.round(months * monthDays) + random.int(months === 0 ? 4 : 0, months < 24 ? 7 : 25);
    if (day > dayOf(chart.end)) break;
    if (day < chart.begin) for (const vaccine of vaccinesAt(months)) addReportedVaccination(chart, vaccine, day);
    else if (months < 24 || random.chance(0.9)) {
      chart.plan({ day, kind: 'wellChild', note: 'progress', act: (visit) => wellChild(visit, months) });
    }
  }
}

function wellChild(visit: Visit, months: number): void {
  const { chart, day } = visit;
  for (const vaccine of vaccinesAt(months)) addVaccination(visit, vaccine);
  if (months >= 6 && isInfluenzaSeason(day) && chart.isDue('influenza', day, 200)) addVaccination(visit, 'influenza');
  if (months === 12 || months === 24) {
    addPanel(visit, 'lead');
    addPanel(visit, 'bloodCount');
  }
}

export function isInfluenzaSeason(day: number): boolean {
  const month = monthOf(day);
  return month >= 9 || month <= 2;
}

function vaccinesAt(months: number): VaccineKey[] {
  return childhoodSchedule.filter((row) => row.months.includes(months)).map((row) => row.vaccine);
}

import { type Analyte, type AnalyteKey, analytes } from '../tables/labs.ts';
import type { Visit } from '../visit.ts';

type Found = Readonly<Partial<Record<AnalyteKey, number>>>;

/**
 * A result: what is usual for the patient, moved by the conditions that move it, with the scatter of the day.
 * `found` holds the panel's results so far, for those that follow from others.
 */
export function resultOf(visit: Visit, key: AnalyteKey, found: Found): number {
  const { chart } = visit;
  const { random } = chart;
  const analyte: Analyte = analytes[key];
  const usual = chart.baseline(key, () => analyte.mean + analyte.between * bounded(random.bell()));
  const value = moved(visit, key, usual, found) + analyte.within * random.bell();
  return Math.max(value, analyte.mean * 0.2);
}

function moved(visit: Visit, key: AnalyteKey, usual: number, found: Found): number {
  const { chart, day } = visit;
  const { person } = chart;
  switch (key) {
    case 'hemoglobinA1c':
      return a1c(visit, usual);
    case 'glucose':
      return chart.has('diabetes', day)
        ? 28.7 * a1c(visit, 5.4) - 46.7
        : usual + (chart.has('prediabetes', day) ? 16 : 0);
    case 'filtration':
      return filtration(visit, usual);
    case 'creatinine':
      return ((person.sex === 'female' ? 0.75 : 0.95) * 95) / (found.filtration ?? 95);
    case 'ureaNitrogen':
      return chart.has('kidney', day) ? usual + 12 : usual;
    case 'ldl':
      return chart.has('hyperlipidemia', day) ? usual + 58 - 55 * chart.treated('hyperlipidemia', day) : usual;
    case 'triglycerides':
      return usual + (chart.isObese(day) ? 35 : 0) + (chart.has('diabetes', day) ? 25 : 0);
    case 'hdl':
      return usual - (chart.isObese(day) ? 8 : 0) + (person.sex === 'female' ? 4 : -3);
    case 'cholesterol':
      return (found.ldl ?? 104) + (found.hdl ?? 54) + (found.triglycerides ?? 110) / 5;
    case 'thyrotropin':
      return chart.has('hypothyroidism', day) ? usual + 6 * (1 - chart.treated('hypothyroidism', day)) : usual;
    case 'albuminRatio':
      return usual * (chart.has('kidney', day) ? 9 : chart.has('diabetes', day) ? 2 : 1);
    case 'hemoglobin':
      return usual + (person.sex === 'female' ? -0.5 : 1) - (chart.isPregnant(day) ? 1.8 : 0);
    case 'hematocrit':
      return (found.hemoglobin ?? 14) * 3;
    case 'leukocytes':
      return usual + (visit.fever ? 6 : 0);
    default:
      return usual;
  }
}

/** High at diagnosis, better under treatment, never quite normal. */
function a1c({ chart, day }: Visit, usual: number): number {
  if (chart.has('diabetes', day)) {
    const severity = 0.6 * chart.person.heavy + 0.4 * chart.person.tense;
    return 8.6 + severity - (1.5 + 0.3 * severity) * chart.treated('diabetes', day);
  }
  return chart.has('prediabetes', day) ? usual + 0.7 : usual;
}

/** Falls with age; chronic kidney disease stage 3 lies between 30 and 59. */
function filtration({ chart, day }: Visit, usual: number): number {
  if (chart.has('kidney', day)) return 45 + 6 * chart.person.tense;
  return Math.max(64, usual + 12 - Math.max(0, chart.years(day) - 30) * 0.7);
}

function bounded(score: number): number {
  return Math.max(-2, Math.min(2, score));
}

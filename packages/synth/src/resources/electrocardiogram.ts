import type { Draft } from '../chart.ts';
import { rhythms, tracing } from '../tables/electrocardiogram.ts';
import type { Concept } from '../tables/system.ts';
import { categories } from '../tables/vitals.ts';
import type { Visit } from '../visit.ts';
import { addNarrativeReport } from './note.ts';
import { addObservation, quantity } from './observation.ts';
import { addProcedure } from './procedure.ts';

const procedure = [categories.procedure];

/** An electrocardiogram: the procedure, what was read from it, and the report. */
export function addElectrocardiogram(visit: Visit, reason: Concept): void {
  const { chart, day } = visit;
  const rhythm = chart.has('fibrillation', day) ? rhythms.fibrillation : rhythms.sinus;
  addProcedure(visit, 'electrocardiogram', { reason });
  addNarrativeReport(visit, 'electrocardiogram', [
    addReading(visit, tracing.rhythm, { valueCodeableConcept: rhythm }),
    addReading(visit, tracing.interval, { valueQuantity: quantity(402 + 14 * chart.random.bell(), 0, 'ms', 'ms') }),
    addReading(visit, tracing.impression, { valueString: `${rhythm.text}, no acute change` }),
  ]);
}

function addReading(visit: Visit, code: Concept, value: object): Draft {
  return addObservation(visit, 'us-core-observation-clinical-result', { category: procedure, code }, value);
}

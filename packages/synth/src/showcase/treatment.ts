import type { Reference } from '../bundle.ts';
import { type Draft, refer } from '../chart.ts';
import { type Day, dayOf } from '../date.ts';
import { addCarePlan } from '../resources/care-plan.ts';
import { addDiagnosis, addProblem } from '../resources/condition.ts';
import { addPanel } from '../resources/laboratory.ts';
import { addDispense, addMedicationOrder } from '../resources/medication.ts';
import { addObservation } from '../resources/observation.ts';
import { addProcedure, addServiceRequest } from '../resources/procedure.ts';
import { chronicConditions } from '../tables/conditions.ts';
import { analytes } from '../tables/labs.ts';
import type { MedicationKey } from '../tables/medications.ts';
import { healthyLiving, programs } from '../tables/plans.ts';
import { procedures } from '../tables/procedures.ts';
import { adherence, hemolyzed, remarks, rightArm } from '../tables/showcase.ts';
import type { Concept } from '../tables/system.ts';
import { categories, dataAbsent } from '../tables/vitals.ts';
import type { Visit } from '../visit.ts';

/** A visit about a problem and a passing illness, both named as its reasons. */
export function diagnose(visit: Visit, illness: Concept): void {
  const { chart, day } = visit;
  const { concept } = chronicConditions.hypertension;
  const problem = addProblem(chart, concept, day - 30, { visit });
  const diagnosis = addDiagnosis(visit, illness, 10);
  addProblem(chart, chronicConditions.backPain.concept, day - 400, { visit, end: day - 20 });
  visit.draft.reasonReference = [problem, diagnosis].map(refer);
  addCarePlan(visit, programs.hypertension ?? healthyLiving, problem);
  prescribe(visit, problem);
  counsel(visit, problem);
}

/** Drugs by code and as a resource, prescribed and the patient's own, handed over by a person and by an organization. */
function prescribe(visit: Visit, problem: Draft): void {
  const { chart, day, at, clinician, encounter } = visit;
  const order = (key: MedicationKey, form: 'code' | 'resource', reason: object) =>
    addMedicationOrder(chart, key, { day, at, clinician, encounter, form, ...reason });
  const tablet = order('lisinopril', 'resource', { reasonReference: refer(problem) });
  tablet.extension = [taken(visit)];
  const pill = order('aspirin', 'code', { reason: problem.code });
  const own = order('loratadine', 'code', { reason: problem.code });
  delete own.reportedBoolean;
  own.intent = 'plan';
  own.reportedReference = clinician.practitioner;
  const pharmacist = chart.clinician('pharmacy');
  handOver(visit, tablet, pharmacist.practitioner);
  handOver(visit, pill, pharmacist.site.organization);
}

function handOver({ chart, day }: Visit, order: Draft, actor: Reference): void {
  addDispense(chart, order, soon(chart.end, day), actor);
}

function soon(end: number, day: Day): Day {
  return Math.min(day + 1, dayOf(end));
}

/** @see http://hl7.org/fhir/us/core/StructureDefinition/us-core-medication-adherence */
function taken({ at }: Visit): object {
  return {
    url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-medication-adherence',
    extension: [
      { url: 'medicationAdherence', valueCodeableConcept: adherence.partial },
      { url: 'dateAsserted', valueDateTime: at },
      { url: 'informationSource', valueCodeableConcept: adherence.patient },
    ],
  };
}

/** Something ordered and done for a reason: once as a code, once as a reference. */
function counsel(visit: Visit, problem: Draft): void {
  const reason = problem.code as Concept;
  addProcedure(visit, 'reconciliation', { reason, order: 'counselling' });
  const order = addServiceRequest(visit, procedures.electrocardiogram, 'imaging', reason);
  order.reasonReference = [refer(problem)];
  const done = addProcedure(visit, 'electrocardiogram');
  done.basedOn = [refer(order)];
  done.reasonReference = [refer(problem)];
}

/** Blood and urine tests: numbers, words, codes, and one result that could not be had from a spoilt specimen. */
export function testBloodAndUrine(visit: Visit): Draft {
  const { chart } = visit;
  const report = addPanel(visit, 'metabolic');
  const [specimen] = report.specimen as readonly Reference[];
  const draft = chart.drafts.findLast(({ id }) => specimen?.reference === `Specimen/${id}`);
  if (draft) {
    draft.identifier = [draft.accessionIdentifier];
    draft.collection = { ...(draft.collection as object), bodySite: rightArm };
    draft.condition = [hemolyzed];
  }
  spoil(chart.drafts.findLast(({ code }) => code === analytes.potassium.concept));
  report.performer = [...(report.performer as readonly Reference[]), visit.clinician.practitioner];
  addPanel(visit, 'urinalysis');
  return report;
}

/** Cells that broke give their potassium to the serum: no result is better than that one. */
function spoil(result: Draft | undefined): void {
  if (!result) return;
  delete result.valueQuantity;
  delete result.interpretation;
  result.dataAbsentReason = dataAbsent;
}

/** What was seen, and what could not be. */
export function examine(visit: Visit): Draft {
  addObservation(
    visit,
    'us-core-observation-clinical-result',
    { category: [categories.exam], code: remarks.neckVein },
    { dataAbsentReason: dataAbsent },
  );
  return addObservation(
    visit,
    'us-core-observation-clinical-result',
    { category: [categories.imaging], code: remarks.image },
    { valueString: 'Clear lungs, heart of normal size.' },
  );
}

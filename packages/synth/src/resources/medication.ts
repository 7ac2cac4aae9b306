import type { Reference } from '../bundle.ts';
import { type Chart, type Draft, refer } from '../chart.ts';
import { type Day, dateText, dayOf } from '../date.ts';
import type { Clinician } from '../network.ts';
import { type MedicationKey, medications, type Regimen } from '../tables/medications.ts';
import { type Concept, coding, concept, system } from '../tables/system.ts';

/** When, at which visit, by whom and why a drug is ordered. */
export type Occasion = {
  readonly day: Day;
  /** FHIR dateTime. */
  readonly at: string;
  readonly clinician: Clinician;
  readonly encounter?: Reference;
  readonly reason?: Concept;
  readonly reasonReference?: Reference;
  /** By code, or as a Medication of its own; drawn where it is not said. */
  readonly form?: 'code' | 'resource';
};

const community = concept(coding(`${system.terminology}/medicationrequest-category`, 'community', 'Community'));
const firstFill = concept(coding(system.actCode, 'FFC', 'First Fill - Complete'));

/** Orders a drug; the order before it of the same drug is completed. Sometimes the pharmacy's dispense is known too. */
export function addMedicationOrder(chart: Chart, key: MedicationKey, occasion: Occasion): Draft {
  const regimen: Regimen = medications[key];
  const before = chart.orders.get(key);
  if (before) before.draft.status = 'completed';
  const medication = medicationOf(chart, regimen, occasion.form);
  const isOver = occasion.day + regimen.days * (regimen.refills + 1) < dayOf(chart.end);
  const quantity = quantityOf(regimen, regimen.dose * regimen.frequency * regimen.days);
  const draft = chart.add('MedicationRequest', 'us-core-medicationrequest', {
    status: isOver ? 'completed' : 'active',
    intent: 'order',
    category: [community],
    reportedBoolean: false,
    ...medication,
    subject: chart.patient,
    ...(occasion.encounter && { encounter: occasion.encounter }),
    authoredOn: occasion.at,
    requester: occasion.clinician.practitioner,
    ...(occasion.reason && { reasonCode: [occasion.reason] }),
    ...(occasion.reasonReference && { reasonReference: [occasion.reasonReference] }),
    dosageInstruction: dosage(regimen),
    dispenseRequest: {
      numberOfRepeatsAllowed: regimen.refills,
      quantity,
      expectedSupplyDuration: { value: regimen.days, unit: 'days', system: system.ucum, code: 'd' },
    },
  });
  chart.orders.set(key, { draft, day: occasion.day });
  if (occasion.encounter && chart.random.chance(0.45)) dispenseSoon(chart, draft, occasion);
  return draft;
}

/** Most by code; some as a Medication of their own. */
function medicationOf(
  chart: Chart,
  regimen: Regimen,
  form = chart.random.chance(0.15) ? ('resource' as const) : ('code' as const),
): object {
  if (form === 'code') return { medicationCodeableConcept: regimen.drug };
  const medication = chart.add('Medication', 'us-core-medication', { code: regimen.drug, status: 'active' });
  return { medicationReference: { ...refer(medication), display: regimen.drug.text } };
}

function dispenseSoon(chart: Chart, order: Draft, occasion: Occasion): void {
  const day = Math.min(occasion.day + chart.random.int(0, 2), dayOf(chart.end));
  if (day === occasion.day) return;
  addDispense(chart, order, day, chart.clinician('pharmacy').practitioner);
}

/** What a pharmacist, or a pharmacy, handed over for an order of a visit. */
export function addDispense(chart: Chart, order: Draft, day: Day, actor: Reference): Draft {
  const { medicationCodeableConcept, medicationReference, dosageInstruction } = order;
  const { quantity } = order.dispenseRequest as { readonly quantity: object };
  return chart.add('MedicationDispense', 'us-core-medicationdispense', {
    status: 'completed',
    ...(medicationReference === undefined ? { medicationCodeableConcept } : { medicationReference }),
    subject: chart.patient,
    context: order.encounter,
    performer: [{ actor }],
    authorizingPrescription: [refer(order)],
    type: firstFill,
    quantity,
    whenHandedOver: dateText(day),
    dosageInstruction,
  });
}

function dosage(regimen: Regimen): object[] {
  return [
    {
      text: regimen.text,
      timing: { repeat: { frequency: regimen.frequency, period: 1, periodUnit: 'd' } },
      ...(regimen.asNeeded && { asNeededBoolean: true }),
      doseAndRate: [{ doseQuantity: quantityOf(regimen, regimen.dose) }],
    },
  ];
}

function quantityOf({ unit }: Regimen, value: number): object {
  return { value, unit: unit.replace(/[{}[\]]/g, ''), system: system.ucum, code: unit };
}

import type { Reference } from '../bundle.ts';
import type { Chart, Draft } from '../chart.ts';
import { type Day, dateText, yearDays } from '../date.ts';
import { addressOf } from '../network.ts';
import { addAllergy } from '../resources/allergy.ts';
import { allergies } from '../tables/allergies.ts';
import { suffixes } from '../tables/names.ts';
import { unknownValue } from '../tables/showcase.ts';
import { specialties } from '../tables/specialties.ts';
import { absentReasons } from '../tables/vitals.ts';
import type { Role } from './cast.ts';

const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition';
const absentExtension = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

/** What a record says of its patient before the visits, beyond what every record says. */
export function dress(chart: Chart, role: Role): void {
  const patient = chart.drafts.find(({ resourceType }) => resourceType === 'Patient');
  const team = chart.drafts.find(({ resourceType }) => resourceType === 'CareTeam');
  if (!patient || !team) return;
  joinByRole(chart, team, role);
  switch (role) {
    case 'mother':
      moveHouse(chart, patient);
      addAllergy(chart, allergies[0]);
      return;
    case 'worker':
      patient.name = (patient.name as readonly object[]).map((name) => ({ ...name, suffix: [suffixes[0]] }));
      return;
    case 'stranger':
      leaveUnknown(patient);
      return;
    case 'child':
    case 'infant':
    case 'elder':
      return;
    default:
      role satisfies never;
  }
}

/** A pharmacist who is named by the role, and of whom it is not written down what for. */
function joinByRole(chart: Chart, team: Draft, role: Role): void {
  const known = team.participant as readonly object[];
  const member: Reference = chart.clinician('pharmacy').role;
  const what = role === 'stranger' ? absentReasons.unknown : specialties.pharmacy.teamRole;
  team.participant = [...known, { role: [what], member }];
}

function moveHouse(chart: Chart, patient: Draft): void {
  const { random, network, begin } = chart;
  const moved: Day = begin + Math.round(yearDays);
  const [present] = patient.address as readonly object[];
  patient.address = [
    { ...present, period: { start: dateText(moved) } },
    { ...addressOf(random, network.place), use: 'old', period: { end: dateText(moved - 1) } },
  ];
}

/** Somebody who came without papers: what is not known says so, by extension or by code. */
function leaveUnknown(patient: Draft): void {
  const unknown = { extension: [{ url: absentExtension, valueCode: 'unknown' }] };
  const [first] = patient.telecom as readonly { readonly system: string; readonly use: string }[];
  patient.telecom = [{ system: 'phone', use: first?.use ?? 'home', _value: unknown }];
  patient.communication = [{ language: unknown }];
  patient.extension = (patient.extension as readonly { readonly url: string }[]).map((extension) =>
    extension.url === `${usCore}/us-core-ethnicity` ? unknownEthnicity : extension,
  );
}

const unknownEthnicity = {
  url: `${usCore}/us-core-ethnicity`,
  extension: [
    { url: 'ombCategory', valueCoding: unknownValue },
    { url: 'text', valueString: 'Unknown' },
  ],
};

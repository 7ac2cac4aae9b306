import type { Bundle, Resource } from '@chartgate/client';
import type { Io } from '../io.ts';
import { cell, printTable } from './table.ts';

/** The columns of a list of patients. */
export const patientHeaders = ['NAME', 'BIRTH DATE', 'GENDER', 'ID'];

export function patientRow(patient: Resource): readonly string[] {
  return [humanName(patient.name), cell(patient.birthDate), cell(patient.gender), cell(patient.id)];
}

/** Prints resources as a table: patients with their own columns, anything else with type, id, text and last change. */
export async function printResources(io: Io, resources: readonly Resource[], headers = true): Promise<void> {
  const patients = resources.every(({ resourceType }) => resourceType === 'Patient');
  if (patients) return printTable(io, patientHeaders, resources.map(patientRow), headers);
  await printTable(io, ['TYPE', 'ID', 'WHAT', 'LAST UPDATED'], resources.map(resourceRow), headers);
}

/** The resources of a page, without its OperationOutcomes. */
export function resourcesOf(bundle: Bundle): readonly Resource[] {
  return (bundle.entry ?? []).flatMap(({ resource, search }) =>
    resource && search?.mode !== 'outcome' ? [resource] : [],
  );
}

function resourceRow(resource: Resource): readonly string[] {
  const meta = resource.meta as { readonly lastUpdated?: string } | undefined;
  const what = [
    resource.code,
    resource.type,
    resource.vaccineCode,
    resource.medicationCodeableConcept,
    resource.category,
  ]
    .map(concept)
    .find((text) => text !== '');
  const name = Array.isArray(resource.name) ? humanName(resource.name) : cell(resource.name);
  return [resource.resourceType, cell(resource.id), name || what || '', cell(meta?.lastUpdated)];
}

type Name = {
  readonly use?: string;
  readonly text?: string;
  readonly family?: string;
  readonly given?: readonly string[];
};

function humanName(names: unknown): string {
  const list = (Array.isArray(names) ? names : []) as readonly Name[];
  const name = list.find(({ use }) => use === 'official') ?? list[0];
  return cell(name?.text ?? [...(name?.given ?? []), name?.family ?? ''].join(' '));
}

type Concept = {
  readonly text?: string;
  readonly coding?: readonly { readonly display?: string; readonly code?: string }[];
};

function concept(value: unknown): string {
  const first = (Array.isArray(value) ? value[0] : value) as Concept | undefined;
  return cell(first?.text ?? first?.coding?.[0]?.display ?? first?.coding?.[0]?.code);
}

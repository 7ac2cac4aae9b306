import { r4 } from '../definitions/compact.ts';
import { FhirError } from '../outcome/fhir-error.ts';
import { issue } from '../outcome/outcome.ts';
import type { CompartmentCriterion } from '../search/ast.ts';
import type { SearchParameters } from '../search/parameters.ts';

/** The types that compartments are of, by R4's definitions. @see https://hl7.org/fhir/R4/compartmentdefinition.html */
export type CompartmentType = 'Device' | 'Encounter' | 'Patient' | 'Practitioner' | 'RelatedPerson';

/** A compartment: all that belongs to one resource. */
export type CompartmentName = { readonly type: CompartmentType; readonly id: string };

/** All of them. */
export const compartmentTypes = Object.keys(r4.compartments) as readonly CompartmentType[];

export function isCompartmentType(type: string): type is CompartmentType {
  return Object.hasOwn(r4.compartments, type);
}

/** The resource types that may lie in a compartment of the type, sorted. */
export function typesInCompartment(type: CompartmentType): readonly string[] {
  return Object.keys(r4.compartments[type] ?? {}).sort();
}

/**
 * What holds for the resources of a type that lie in a compartment.
 * @throws {FhirError} 404 where the definition of the compartment does not list the type: nothing of it lies inside,
 * and what does not lie inside must never be found by a search of the compartment
 */
export function compartmentCriterion(
  compartment: CompartmentName,
  type: string,
  parameters: SearchParameters,
): CompartmentCriterion {
  const definition = r4.compartments[compartment.type] ?? {};
  const codes = Object.hasOwn(definition, type) ? definition[type] : undefined;
  if (!codes) throw notInside(compartment.type, type);
  // R4 writes {def} for the resource itself; of patients it says so in words only.
  const isSelf = codes.includes('{def}') || (compartment.type === 'Patient' && type === 'Patient');
  const known = codes.flatMap((code) => parameters.find(type, code) ?? []);
  return { kind: 'compartment', compartment, parameters: known, isSelf };
}

function notInside(compartment: CompartmentType, type: string): FhirError {
  return new FhirError(404, [
    issue('not-supported', `A ${type} lies in no ${compartment}'s compartment by R4. Search ${type} by itself.`),
  ]);
}

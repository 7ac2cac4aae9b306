import { r4 } from '../definitions/compact.ts';
import type { Resource } from '../resource/resource.ts';
import { r4SearchParameters } from '../search/parameters.ts';
import type { SearchValue } from '../search/value.ts';

export type Compartment = { readonly type: 'Patient'; readonly id: string };

/**
 * The search parameters whose references put a resource of this type into a patient's compartment; none for types
 * that lie in no compartment. A Patient lies in its own besides.
 * @see https://hl7.org/fhir/R4/compartmentdefinition-patient.html
 */
export function compartmentParameters(type: string): readonly string[] {
  const patient = r4.compartments.Patient ?? {};
  return (Object.hasOwn(patient, type) && patient[type]) || [];
}

/**
 * The patients' compartments a resource lies in, each once.
 * @param values its search values, where they are at hand already
 */
export function compartments(
  resource: Resource,
  values: readonly SearchValue[] = r4SearchParameters.valuesOf(resource),
): readonly Compartment[] {
  const ids = new Set<string>();
  if (resource.resourceType === 'Patient' && resource.id !== undefined) ids.add(resource.id);
  const parameters = compartmentParameters(resource.resourceType);
  for (const value of values) {
    if (value.kind !== 'reference' || value.type !== 'Patient' || value.id === undefined) continue;
    if (parameters.includes(value.parameter)) ids.add(value.id);
  }
  return [...ids].map((id) => ({ type: 'Patient', id }));
}

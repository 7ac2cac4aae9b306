import { isResourceType } from '../definitions/type.ts';
import { validatorOf } from './compile.ts';
import type { Report } from './report.ts';

/** A resource by itself, contained, or inside a Bundle or Parameters: its type is what `resourceType` names. */
export function validateResource(value: unknown, at: string, report: Report): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report.notObject(at, 'resource', value);
    return;
  }
  const type = (value as { readonly resourceType?: unknown }).resourceType;
  if (typeof type === 'string' && isResourceType(type)) validatorOf(type)(value, at, report);
  else if (type === undefined)
    report.add('structure', 'The member resourceType is missing: say which type this is.', at);
  else report.add('structure', 'resourceType names no resource type of FHIR R4. Mind the case: Patient.', at);
}

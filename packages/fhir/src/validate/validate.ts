import { isResourceType } from '../definitions/type.ts';
import type { Issue } from '../outcome/outcome.ts';
import { Report } from './report.ts';
import { validateResource } from './resource.ts';

/**
 * Checks parsed JSON against the structure of its R4 resource type: known members, types and JSON forms, cardinality,
 * choices, required bindings whose codes are at hand. Empty when nothing is wrong; at most 50 issues and one that says
 * there are more. Their texts hold no value of the resource. Invariants and profiles are not checked.
 * @see https://hl7.org/fhir/R4/json.html
 */
export function validate(resource: unknown): readonly Issue[] {
  const quick = new Report();
  validateResource(resource, '', quick);
  if (quick.issues.length === 0) return quick.issues;
  // Most resources are valid: only for the others, a second run puts together where the issues are.
  const report = new Report();
  validateResource(resource, rootOf(resource), report);
  return report.issues;
}

function rootOf(resource: unknown): string {
  const type = (resource as { readonly resourceType?: unknown } | null | undefined)?.resourceType;
  return typeof type === 'string' && isResourceType(type) ? type : 'Resource';
}

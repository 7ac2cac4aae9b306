import { forbidden, type Resource } from '@chartgate/fhir';

/**
 * Security labels decide who sees a resource, so that only `system/` scopes set them or take them away.
 * @param before JSON of the version that is followed; absent for a new resource, which then has none
 * @throws {FhirError} 403
 * @see https://hl7.org/fhir/R4/security-labels.html
 */
export function requireSameLabels(resource: Resource, before: string | undefined): void {
  const old = before === undefined ? [] : labelsOf(JSON.parse(before) as Resource);
  const now = labelsOf(resource);
  if (now.length === old.length && now.every((label, i) => label === old[i])) return;
  throw forbidden(
    'meta.security would change by this, and only a system/ scope may do that. Send the labels that are there.',
    'meta.security',
  );
}

/** System and code of each, in one order. Display and version do not change what a label says. */
function labelsOf({ meta }: Resource): readonly string[] {
  const security = (meta as { readonly security?: unknown } | undefined)?.security;
  if (!Array.isArray(security)) return [];
  return [...new Set(security.map((label) => JSON.stringify([label?.system ?? null, label?.code ?? null])))].sort();
}

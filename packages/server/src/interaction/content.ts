import {
  badRequest,
  FhirError,
  type Issue,
  storableIssues,
  unprocessable,
  validate,
  validateProfiles,
} from '@chartgate/fhir';
import type { Content } from '../access/interaction.ts';
import type { FhirContext, FhirRequest } from './request.ts';

/** How a site validates what is written. */
export type WriteRules = Pick<FhirContext, 'validation' | 'conformance'>;

/**
 * Why a resource may not be written here: 400 with every issue where it breaks the rules of its type, 422 where it does
 * not meet the profiles it claims; undefined where it may be.
 * @see docs/decisions/0020-validation.md
 */
export function refusalOf({ resource }: Content, { validation, conformance }: WriteRules): FhirError | undefined {
  if (validation === 'off') return refusal(400, storableIssues(resource));
  const structure = refusal(400, validate(resource));
  if (structure || validation === 'structure') return structure;
  return refusal(422, validateProfiles(resource, { conformance }));
}

/** Warnings refuse nothing, and are told beside the errors that do. */
function refusal(status: 400 | 422, issues: readonly Issue[]): FhirError | undefined {
  const isRefused = issues.some(({ severity }) => severity === 'error' || severity === 'fatal');
  return isRefused ? new FhirError(status, issues) : undefined;
}

/** @throws {FhirError} 400 or 422, as {@link refusalOf} says */
export function requireValid(content: Content, rules: WriteRules): Content {
  const refused = refusalOf(content, rules);
  if (refused) throw refused;
  return content;
}

/** The same for what is read and not kept, whatever the site's setting. @throws {FhirError} 400 */
export function requireStructure(content: Content): Content {
  const refused = refusal(400, validate(content.resource));
  if (refused) throw refused;
  return content;
}

/** The body of a create or update. @throws {FhirError} 400 where it is missing or of another type */
export function requireContent({ content }: FhirRequest, type: string): Content {
  if (!content) throw badRequest('The body is missing: a resource was expected.');
  if (content.resource.resourceType === type) return content;
  throw badRequest(`The body must be a ${type}, as the URL says.`, 'resourceType');
}

const subsetted = 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue';

/**
 * A part of a resource, as `_summary` and `_elements` answer it, must not take the place of the whole.
 * @throws {FhirError} 422 for a resource with the tag SUBSETTED
 * @see https://hl7.org/fhir/R4/search.html#elements
 */
export function requireWhole({ resource: { meta, resourceType } }: Content): void {
  const tags = Array.isArray(meta?.tag) ? meta.tag : [];
  if (!tags.some((tag) => tag?.code === 'SUBSETTED' && tag.system === subsetted)) return;
  throw unprocessable(
    `The body is a part of a ${resourceType} (its tag SUBSETTED says so) and would overwrite the whole. Read it without ` +
      '_summary and _elements, or send a PATCH.',
    `${resourceType}.meta.tag`,
  );
}

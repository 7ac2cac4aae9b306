import { badRequest, FhirError, type Issue, unprocessable, validate } from '@chartgate/fhir';
import type { Content } from '../access/interaction.ts';
import type { FhirRequest } from './request.ts';

/** What is wrong with a resource that is to be written; none: it may be. */
export function issuesOf({ resource }: Content): readonly Issue[] {
  return validate(resource).filter(({ severity }) => severity === 'error' || severity === 'fatal');
}

/** @throws {FhirError} 400 with every issue of a resource that breaks the rules of its type */
export function requireValid(content: Content): Content {
  const issues = issuesOf(content);
  if (issues.length > 0) throw new FhirError(400, issues);
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

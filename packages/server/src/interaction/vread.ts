import { gone, notFound } from '@chartgate/fhir';
import type { ResourceReader } from '../store/ports.ts';
import { type Answer, answerWith } from './answer.ts';
import { requireKnown, resultParameters } from './parameters.ts';
import { isKnown, notModified } from './read.ts';
import type { FhirContext, FhirRequest, Place } from './request.ts';
import { showOf } from './show.ts';

/**
 * FHIR vread: one version of a resource.
 * @throws {FhirError} 404 unknown or hidden, 410 where that version is the deletion
 * @see https://hl7.org/fhir/R4/http.html#vread
 */
export async function vreadRequest(
  { type, id, versionId }: Place,
  request: FhirRequest,
  { rights, store }: FhirContext<ResourceReader>,
): Promise<Answer> {
  requireKnown(request, resultParameters);
  const show = showOf(request.query, type);
  const found = await store.vread(rights.require({ code: 'vread', type, id, versionId }));
  if (!found) throw notFound(`${type}/${id}/_history/${versionId}`);
  if (found.method === 'DELETE') throw gone(`${type}/${id}`);
  return isKnown(request, found) ? notModified(found) : answerWith(200, show(found));
}

import { gone, notFound } from '@chartgate/fhir';
import type { Vread } from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';
import type { ResourceReader } from '../store/ports.ts';
import { type Answer, answerWith } from './answer.ts';

/**
 * FHIR vread: one version of a resource.
 * @throws {FhirError} 404 unknown or hidden, 410 where that version is the deletion
 * @see https://hl7.org/fhir/R4/http.html#vread
 */
export async function vread(permitted: Permitted<Vread>, store: ResourceReader): Promise<Answer> {
  const { type, id, versionId } = permitted.interaction;
  const found = await store.vread(permitted);
  if (!found) throw notFound(`${type}/${id}/_history/${versionId}`);
  if (found.method === 'DELETE') throw gone(`${type}/${id}`);
  return answerWith(200, found);
}

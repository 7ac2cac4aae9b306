import { gone, notFound } from '@chartgate/fhir';
import type { Read } from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';
import type { ResourceReader } from '../store/ports.ts';
import { type Answer, answerWith } from './answer.ts';

/**
 * FHIR read.
 * @throws {FhirError} 404 unknown or hidden, 410 deleted
 * @see https://hl7.org/fhir/R4/http.html#read
 */
export async function read(permitted: Permitted<Read>, store: ResourceReader): Promise<Answer> {
  const { type, id } = permitted.interaction;
  const found = await store.read(permitted);
  if (!found) throw notFound(`${type}/${id}`);
  if (found.method === 'DELETE') throw gone(`${type}/${id}`);
  return answerWith(200, found);
}

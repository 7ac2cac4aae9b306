import type { Delete } from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';
import type { ResourceStore } from '../store/ports.ts';
import type { Answer } from './answer.ts';

/**
 * FHIR delete: 204, also where it was deleted before. The earlier versions stay in the history.
 * @throws {FhirError} 404 unknown or hidden, 412 `If-Match` names another version
 * @see https://hl7.org/fhir/R4/http.html#delete
 */
export async function deleteResource(
  permitted: Permitted<Delete>,
  store: Pick<ResourceStore, 'write'>,
): Promise<Answer> {
  const [deleted] = await store.write([{ kind: 'delete', permitted }]);
  return deleted ? { status: 204, version: deleted.version } : { status: 204 };
}

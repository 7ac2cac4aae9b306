import type { Create } from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';
import type { ResourceStore } from '../store/ports.ts';
import { type Answer, answerWith, answerWrite } from './answer.ts';
import { type Condition, several } from './conditions.ts';
import { newResourceId } from './resource-id.ts';

/** FHIR create: the server gives the id. @see https://hl7.org/fhir/R4/http.html#create */
export async function create(permitted: Permitted<Create>, store: Pick<ResourceStore, 'write'>): Promise<Answer> {
  const [stored] = await store.write([{ kind: 'create', permitted, id: newResourceId() }]);
  return answerWrite(stored!, true);
}

/**
 * FHIR conditional create: 201 where the condition finds nothing, 200 with what is there where it finds one.
 * @throws {FhirError} 412 where it finds several
 * @see https://hl7.org/fhir/R4/http.html#ccreate
 */
export function createUnlessFound(
  permitted: Permitted<Create>,
  condition: Condition,
  store: ResourceStore,
): Promise<Answer> {
  return store.transaction(async (transaction) => {
    await transaction.guard([condition.guard]);
    const { matches } = await transaction.search(condition.permitted);
    if (matches.length > 1) throw several();
    return matches[0] ? answerWith(200, matches[0]) : create(permitted, transaction);
  });
}

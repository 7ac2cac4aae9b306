import type { Create } from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';
import type { ResourceStore } from '../store/ports.ts';
import { type Answer, answerWith, answerWrite, locationOf } from './answer.ts';
import { type Condition, conditionOf, several } from './conditions.ts';
import { requireContent } from './content.ts';
import { requireKnown } from './parameters.ts';
import { type FhirContext, type FhirRequest, type Place, wireParameters } from './request.ts';
import { newResourceId } from './resource-id.ts';

/** FHIR create, also conditional (`If-None-Exist`). @see https://hl7.org/fhir/R4/http.html#create */
export async function createRequest({ type }: Place, request: FhirRequest, context: FhirContext): Promise<Answer> {
  requireKnown(request, wireParameters);
  const permitted = context.rights.require({ code: 'create', type, content: requireContent(request, type) });
  if (request.ifNoneExist === undefined) return create(permitted, context.store);
  return createUnlessFound(permitted, conditionOf(type, request.ifNoneExist, context), context.store);
}

/** The server gives the id. */
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
    const [found, another] = (await transaction.search(condition.permitted)).matches;
    if (another) throw several();
    if (!found) return create(permitted, transaction);
    const location = locationOf(found);
    return {
      ...answerWith(200, found),
      location,
      contentLocation: location,
      outcome: `${location} is there already. Nothing was created.`,
    };
  });
}

import type { EntityTags } from '@chartgate/fhir';
import type { Delete } from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';
import type { ResourceStore } from '../store/ports.ts';
import type { Answer } from './answer.ts';
import { conditionOf, several } from './conditions.ts';
import { conditionIn, requireKnown } from './parameters.ts';
import { type FhirContext, type FhirRequest, type Place, wireParameters } from './request.ts';

/** FHIR delete. @see https://hl7.org/fhir/R4/http.html#delete */
export async function deleteRequest({ type, id }: Place, request: FhirRequest, context: FhirContext): Promise<Answer> {
  requireKnown(request, wireParameters);
  const permitted = context.rights.require(deletion({ type, id, ifMatch: request.ifMatch }));
  return deleteResource(permitted, context.store);
}

/** @param ifMatch the current version must be one of these */
export function deletion(of: { type: string; id: string; ifMatch: EntityTags | undefined }): Delete {
  const { type, id, ifMatch } = of;
  return { code: 'delete', type, id, ...(ifMatch === undefined ? {} : { ifMatch }) };
}

/**
 * 204, also where it was deleted before or never was. The earlier versions stay in the history.
 * @throws {FhirError} 412 `If-Match` names another version
 */
export async function deleteResource(
  permitted: Permitted<Delete>,
  store: Pick<ResourceStore, 'write'>,
): Promise<Answer> {
  const { type, id } = permitted.interaction;
  const [deleted] = await store.write([{ kind: 'delete', permitted }]);
  const outcome = `${type}/${id} is deleted.`;
  if (!deleted || deleted.version === 0) return { status: 204, outcome };
  return { status: 204, version: deleted.version, outcome, written: [deleted] };
}

/**
 * FHIR conditional delete, of one resource at most: a search that was meant narrower must not empty a chart.
 * @throws {FhirError} 412 where the condition finds several
 * @see https://hl7.org/fhir/R4/http.html#cdelete
 */
export async function conditionalDelete({ type }: Place, request: FhirRequest, context: FhirContext): Promise<Answer> {
  const condition = conditionOf(type, conditionIn(request, type), context);
  return context.store.transaction(async (store) => {
    const [found, another] = (await store.search(condition.permitted)).matches;
    if (another) throw several();
    if (!found) return { status: 204, outcome: `The condition finds no ${type}. Nothing was deleted.` };
    return deleteResource(context.rights.require(deletion({ type, id: found.id, ifMatch: request.ifMatch })), store);
  });
}

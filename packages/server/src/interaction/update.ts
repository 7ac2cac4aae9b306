import { badRequest, type EntityTags, FhirError, issue } from '@chartgate/fhir';
import type { Content } from '../access/interaction.ts';
import type { Rights } from '../access/rights.ts';
import type { ResourceStore, Write } from '../store/ports.ts';
import { type Answer, answerWrite } from './answer.ts';
import { conditionOf, several } from './conditions.ts';
import { requireContent, requireWhole } from './content.ts';
import { create } from './create.ts';
import { conditionIn, requireKnown } from './parameters.ts';
import { type FhirContext, type FhirRequest, type Place, wireParameters } from './request.ts';

type UpdateWrite = Extract<Write, { kind: 'update' }>;

/** FHIR update of the resource that the URL names. @see https://hl7.org/fhir/R4/http.html#update */
export async function updateRequest({ type, id }: Place, request: FhirRequest, context: FhirContext): Promise<Answer> {
  requireKnown(request, wireParameters);
  const content = requireContent(request, type);
  if (content.resource.id !== id) {
    throw badRequest(`The body's id must be the one in the URL. Put it in the body as ${type}.id.`, `${type}.id`);
  }
  return update(permitUpdate({ ...request, type, id, content }, context.rights), context.store);
}

/**
 * Makes the resource where the id is new and creating is permitted too.
 * @throws {FhirError} 404 unknown or hidden, 412 `If-Match` or `If-None-Match` does not hold, 403 outside of the rule
 */
export async function update(write: UpdateWrite, store: Pick<ResourceStore, 'write'>): Promise<Answer> {
  const [stored] = await store.write([write]);
  return answerWrite(stored!, stored!.version === 1);
}

/** What an update asks for. */
export type UpdateRequest = {
  readonly type: string;
  readonly id: string;
  readonly content: Content;
  readonly ifMatch?: EntityTags;
  readonly ifNoneMatch?: EntityTags;
};

/** The permits of an update. Without a permit to create, a new id is an unknown one. @throws {FhirError} 403 */
export function permitUpdate({ type, id, content, ifMatch, ifNoneMatch }: UpdateRequest, rights: Rights): UpdateWrite {
  requireWhole(content);
  const conditions = {
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
  };
  const permitted = rights.require({ code: 'update', type, id, content, ...conditions });
  const createPermitted = rights.find({ code: 'create', type, content });
  return { kind: 'update', permitted, ...(createPermitted ? { createPermitted } : {}) };
}

/**
 * FHIR conditional update: of the one resource that the search in the URL finds; where it finds none, of a new one,
 * under the id of the body or else one the server gives.
 * @throws {FhirError} 412 where it finds several, 400 where the body has another id than what was found, 409 where it
 * finds none but the body's id is taken
 * @see https://hl7.org/fhir/R4/http.html#cond-update
 */
export async function conditionalUpdate({ type }: Place, request: FhirRequest, context: FhirContext): Promise<Answer> {
  const content = requireContent(request, type);
  const condition = conditionOf(type, conditionIn(request, type), context);
  const { rights } = context;
  return context.store.transaction(async (store) => {
    await store.guard([condition.guard]);
    const [found, another] = (await store.search(condition.permitted)).matches;
    if (another) throw several();
    if (found) {
      requireSameId(content, found);
      return update(permitUpdate({ ...request, type, id: found.id, content }, rights), store);
    }
    const { id } = content.resource;
    if (request.ifMatch !== undefined) throw nothingToMatch();
    if (id === undefined) return create(rights.require({ code: 'create', type, content }), store);
    return orTaken(() => update(permitUpdate({ type, id, content, ifNoneMatch: '*' }, rights), store));
  });
}

/** @throws {FhirError} 400 where the body has an id, but not that of what the condition found */
export function requireSameId({ resource }: Content, found: { readonly type: string; readonly id: string }): void {
  if (resource.id === undefined || resource.id === found.id) return;
  throw badRequest(
    `The condition finds another ${found.type} than the one whose id is in the body. Leave ${found.type}.id out.`,
    `${found.type}.id`,
  );
}

export function nothingToMatch(): FhirError {
  return new FhirError(412, [
    issue('conflict', 'If-Match asks for a version, but the condition finds no resource that could have one.'),
  ]);
}

/** An id that is taken, by a resource that the condition does not find, is a conflict. */
async function orTaken(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof FhirError && error.status === 412 ? idTaken(error) : error;
  }
}

export function idTaken(cause?: unknown): FhirError {
  return new FhirError(
    409,
    [issue('conflict', 'The condition finds nothing, but the id in the body is that of a resource which is there.')],
    cause,
  );
}

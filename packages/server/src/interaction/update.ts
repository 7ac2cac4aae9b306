import type { Content } from '../access/interaction.ts';
import type { Rights } from '../access/rights.ts';
import type { ResourceStore, Write } from '../store/ports.ts';
import { type Answer, answerWrite } from './answer.ts';

type UpdateWrite = Extract<Write, { kind: 'update' }>;

/**
 * FHIR update; makes the resource where the id is new and creating is permitted too.
 * @throws {FhirError} 404 unknown or hidden, 412 `If-Match` names another version, 403 outside of the access rule
 * @see https://hl7.org/fhir/R4/http.html#update
 */
export async function update(write: UpdateWrite, store: Pick<ResourceStore, 'write'>): Promise<Answer> {
  const [stored] = await store.write([write]);
  return answerWrite(stored!, stored!.version === 1);
}

/** What an update asks for. `ifMatch`: the version that must be the current one. */
export type UpdateRequest = {
  readonly type: string;
  readonly id: string;
  readonly content: Content;
  readonly ifMatch?: string | undefined;
};

/** The permits of an update. Without a permit to create, a new id is an unknown one. @throws {FhirError} 403 */
export function permitUpdate({ type, id, content, ifMatch }: UpdateRequest, rights: Rights): UpdateWrite {
  const condition = ifMatch === undefined ? {} : { ifMatch };
  const permitted = rights.require({ code: 'update', type, id, content, ...condition });
  const createPermitted = rights.find({ code: 'create', type, content });
  return { kind: 'update', permitted, ...(createPermitted ? { createPermitted } : {}) };
}

import { type EntityTags, FhirError, issue, namesVersion, notFound, preconditionFailed } from '@chartgate/fhir';
import type { Content, Read } from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';
import type { Rights } from '../access/rights.ts';
import type { ResourceTransaction, StoredVersion } from '../store/ports.ts';
import { type Answer, answerWrite } from './answer.ts';
import { conditionOf, several } from './conditions.ts';
import type { WriteRules } from './content.ts';
import { conditionIn, requireKnown } from './parameters.ts';
import { type Patch, patched } from './patched.ts';
import { read } from './read.ts';
import { type FhirContext, type FhirRequest, type Place, wireParameters } from './request.ts';

export type { Patch } from './patched.ts';

/**
 * FHIR patch, by JSON Patch or FHIRPath Patch: read, changed and written under one lock. It needs `u`, and `r` as well:
 * its answer, and its tests, tell what the resource holds.
 * @throws {FhirError} 404 unknown or hidden, 410 deleted, 412 `If-Match` names another version, 422 where it cannot be
 * applied to what is there, 400 where the outcome is not valid, 403 outside of the rule
 * @see https://hl7.org/fhir/R4/http.html#patch
 */
export async function patchRequest({ type, id }: Place, request: FhirRequest, context: FhirContext): Promise<Answer> {
  requireKnown(request, wireParameters);
  const patch = requirePatch(request);
  return context.store.transaction((store) =>
    patchResource({ type, id, patch, ifMatch: request.ifMatch }, store, context),
  );
}

/**
 * FHIR conditional patch, of the one resource that the search in the URL finds.
 * @throws {FhirError} 404 where it finds none, 412 where it finds several
 * @see https://hl7.org/fhir/R4/http.html#patch
 */
export async function conditionalPatch({ type }: Place, request: FhirRequest, context: FhirContext): Promise<Answer> {
  const patch = requirePatch(request);
  const condition = conditionOf(type, conditionIn(request, type), context);
  return context.store.transaction(async (store) => {
    const [found, another] = (await store.search(condition.permitted)).matches;
    if (another) throw several();
    if (!found) throw nothingToPatch(type);
    return patchResource({ type, id: found.id, patch, ifMatch: request.ifMatch }, store, context);
  });
}

type PatchRequest = {
  readonly type: string;
  readonly id: string;
  readonly patch: Patch;
  readonly ifMatch: EntityTags | undefined;
};

async function patchResource(asked: PatchRequest, store: ResourceTransaction, context: FhirContext): Promise<Answer> {
  const { type, id } = asked;
  const { rights } = context;
  const held = { read: async (permitted: Permitted<Read>) => (await store.hold([permitted]))[0] };
  const current = await read(permitPatch(asked, rights), held);
  const content = patchedContent(asked, current, context);
  const permitted = rights.require({ code: 'update', type, id, content });
  const [stored] = await store.write([{ kind: 'update', permitted }]);
  return answerWrite(stored!, false);
}

/** The permit to read what is to be patched, for who may patch it. @throws {FhirError} 403 */
export function permitPatch({ type, id }: Pick<PatchRequest, 'type' | 'id'>, rights: Rights): Permitted<Read> {
  rights.require({ code: 'patch', type, id });
  return rights.require({ code: 'read', type, id });
}

/** What a patch makes of the version that is held. @throws {FhirError} 400, 412, 422 */
export function patchedContent(
  { type, id, patch, ifMatch }: PatchRequest,
  current: StoredVersion,
  rules: WriteRules,
): Content {
  if (ifMatch !== undefined && !namesVersion(ifMatch, current.version)) {
    throw preconditionFailed(
      `If-Match does not name the current version of ${type}/${id}, ${current.version}. Read it again, and repeat the change.`,
    );
  }
  return patched(current, patch, rules);
}

export function nothingToPatch(type: string): FhirError {
  return notFound(`A ${type} that meets the condition`);
}

/** @throws {FhirError} 400 where the body is missing */
export function requirePatch({ patch }: FhirRequest): Patch {
  if (patch) return patch;
  throw new FhirError(400, [
    issue('invalid', 'The body is missing: a JSON Patch, or Parameters with a FHIRPath Patch, was expected.'),
  ]);
}

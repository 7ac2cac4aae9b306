import { badRequest, gone, isResourceId, type Labels, labelsOf, notFound } from '@chartgate/fhir';
import type { Answer } from '../interaction/answer.ts';
import type { FhirContext } from '../interaction/dispatch.ts';
import type { Operation, OperationRequest } from './operation.ts';

/** Labels that one call may name. */
const maxLabels = 100;

/**
 * `$meta` of a resource. What is in use on a type or on the whole site is not gathered.
 * @see https://hl7.org/fhir/R4/resource-operation-meta.html
 */
export const meta: Operation = {
  name: 'meta',
  definition: 'http://hl7.org/fhir/OperationDefinition/Resource-meta',
  on: [{ level: 'instance' }],
  affectsState: false,
  run: async ({ type = '', id = '' }, { rights, store }) => {
    const found = await store.read(rights.require({ code: 'read', type, id }));
    if (!found) throw notFound(`${type}/${id}`);
    if (found.method === 'DELETE') throw gone(`${type}/${id}`);
    return metaAnswer(found.body);
  },
};

/** @see https://hl7.org/fhir/R4/resource-operation-meta-add.html */
export const metaAdd: Operation = change('add');

/** @see https://hl7.org/fhir/R4/resource-operation-meta-delete.html */
export const metaDelete: Operation = change('delete');

function change(kind: 'add' | 'delete'): Operation {
  return {
    name: `meta-${kind}`,
    definition: `http://hl7.org/fhir/OperationDefinition/Resource-meta-${kind}`,
    on: [{ level: 'instance' }],
    affectsState: true,
    run: (request, context) => relabel(kind, request, context),
  };
}

async function relabel(
  kind: 'add' | 'delete',
  { type = '', id = '', parameters }: OperationRequest,
  { rights, store }: FhirContext,
): Promise<Answer> {
  if (!isResourceId(id)) throw badRequest('An id is 1 to 64 letters, digits, dashes and dots.');
  const labels = labelsOf(parameters.value('meta', 'Meta'));
  requireFew(labels);
  const permitted = rights.require({ code: 'relabel', type, id, change: kind, labels });
  return metaAnswer((await store.relabel(permitted)).body);
}

function requireFew({ profile, tag, security }: Labels): void {
  const count = profile.length + tag.length + security.length;
  if (count === 0)
    throw badRequest('The parameter meta is expected as valueMeta with a profile, a tag or a security label.');
  if (count > maxLabels) throw badRequest(`The parameter meta takes at most ${maxLabels} labels.`);
}

function metaAnswer(body: string): Answer {
  const { meta: value } = JSON.parse(body) as { readonly meta?: unknown };
  const parameter = [{ name: 'return', valueMeta: value }];
  return { status: 200, body: JSON.stringify({ resourceType: 'Parameters', parameter }) };
}

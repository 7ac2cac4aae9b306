import {
  badRequest,
  gone,
  type Issue,
  issue,
  notFound,
  operationOutcome,
  type Resource,
  validateProfiles,
} from '@chartgate/fhir';
import type { Answer } from '../interaction/answer.ts';
import type { FhirContext } from '../interaction/dispatch.ts';
import type { Operation, OperationRequest } from './operation.ts';

/** Profiles that one call may name. */
const maxProfiles = 20;

/**
 * `$validate`: checks a resource against R4, the profiles it claims and those that are asked for, and writes nothing.
 * Profiles are those of this site: no URL is ever fetched.
 * @see https://hl7.org/fhir/R4/resource-operation-validate.html
 */
export const validate: Operation = {
  name: 'validate',
  definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate',
  on: [{ level: 'type' }, { level: 'instance' }],
  affectsState: false,
  body: 'resource',
  takesInvalid: true,
  run: async (request, context) => {
    const mode = modeOf(request);
    const { type = '' } = request;
    const resource = request.parameters.resource('resource') ?? (await storedResource(request, mode, context));
    const issues = [
      ...modeIssues(mode, resource, request, context),
      ...(resource && mode !== 'delete' ? validationIssues(resource, type, request, context) : []),
    ];
    return outcome(issues);
  },
};

/** @see https://hl7.org/fhir/R4/valueset-resource-validation-mode.html */
type Mode = 'create' | 'update' | 'delete' | 'profile';

const modes: ReadonlySet<string> = new Set(['create', 'update', 'delete', 'profile']);

function modeOf({ parameters, id }: OperationRequest): Mode | undefined {
  const mode = parameters.text('mode');
  if (mode === undefined) return undefined;
  if (!modes.has(mode)) throw badRequest('The parameter mode is create, update, delete or profile.');
  if (mode === 'delete' && id === undefined) throw badRequest('The mode delete is for an instance: Type/id/$validate.');
  return mode as Mode;
}

/** Without a resource in the request, the one that is stored is meant. Whoever may not read it does not learn of it. */
async function storedResource(
  { type = '', id }: OperationRequest,
  mode: Mode | undefined,
  { rights, store }: FhirContext,
): Promise<Resource | undefined> {
  if (id === undefined || mode === 'create') {
    throw badRequest('Send the resource to validate as the body, or as the parameter resource of a Parameters.');
  }
  const found = await store.read(rights.require({ code: 'read', type, id }));
  if (!found) throw notFound(`${type}/${id}`);
  if (found.method === 'DELETE') throw gone(`${type}/${id}`);
  return JSON.parse(found.body) as Resource;
}

/** Whether the interaction that is named would be accepted from this client. */
function modeIssues(
  mode: Mode | undefined,
  resource: Resource | undefined,
  { type = '', id }: OperationRequest,
  { rights }: FhirContext,
): readonly Issue[] {
  switch (mode) {
    case 'create': {
      const content = { resource: resource ?? { resourceType: type }, text: '' };
      return rights.find({ code: 'create', type, content }) ? [] : [notPermitted('create')];
    }
    case 'update': {
      if (id === undefined) return [issue('required', 'An update is of an instance: call Type/id/$validate.', type)];
      const content = { resource: resource ?? { resourceType: type }, text: '' };
      const isOther = resource !== undefined && resource.id !== id;
      return [
        ...(isOther ? [issue('invalid', 'The id of the resource must be the one in the URL.', `${type}.id`)] : []),
        ...(rights.find({ code: 'update', type, id, content }) ? [] : [notPermitted('update')]),
      ];
    }
    case 'delete':
      return rights.find({ code: 'delete', type, id: id ?? '' }) ? [] : [notPermitted('delete')];
    case 'profile':
    case undefined:
      return [];
    default:
      return mode satisfies never;
  }
}

function notPermitted(interaction: string): Issue {
  return issue('forbidden', `The scopes of the token do not open this ${interaction}.`);
}

function validationIssues(
  resource: Resource,
  type: string,
  { parameters }: OperationRequest,
  { conformance }: FhirContext,
): readonly Issue[] {
  const profiles = parameters.texts('profile');
  if (profiles.length > maxProfiles) throw badRequest(`The parameter profile may be there ${maxProfiles} times.`);
  if (resource.resourceType !== type) {
    return [issue('invalid', `The resource is of another type than the URL names, which is ${type}.`, 'Resource')];
  }
  return validateProfiles(resource, { conformance }, profiles);
}

/** "If there are no issues, the outcome says so": it has at least one. */
function outcome(issues: readonly Issue[]): Answer {
  const fine: Issue = { severity: 'information', code: 'informational', diagnostics: 'No issues were found.' };
  return { status: 200, body: JSON.stringify(operationOutcome(issues.length > 0 ? issues : [fine])) };
}

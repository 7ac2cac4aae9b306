import { badRequest, FhirError, isResourceId, isResourceType, issue } from '@chartgate/fhir';
import type { Answer } from '../interaction/answer.ts';
import { requireStructure } from '../interaction/content.ts';
import type { FhirContext } from '../interaction/dispatch.ts';
import type { OperationCall } from '../interaction/operation-call.ts';
import type { Operation } from './operation.ts';
import { operationsNamed } from './operations.ts';
import { operationParameters, type Parameter, queryParameters, resourceParameters } from './parameters.ts';

/**
 * Runs the operation that a call names.
 * @throws {FhirError} 404 where there is none of that name at that place, 405 for a GET of one that changes something,
 * 400 where its parameters cannot be read
 * @see https://hl7.org/fhir/R4/operations.html#executing
 */
export async function operate(call: OperationCall, context: FhirContext): Promise<Answer> {
  const operation = requireOperation(call);
  if (call.method === 'GET' && operation.affectsState) throw postOnly(operation);
  return operation.run({ ...call, parameters: operationParameters(parametersOf(operation, call)) }, context);
}

function requireOperation(call: OperationCall): Operation {
  const named = operationsNamed(call.name);
  if (call.type !== undefined && !isResourceType(call.type)) throw noOperation('R4 has no such resource type.');
  if (call.id !== undefined && !isResourceId(call.id)) {
    throw badRequest('An id is 1 to 64 letters, digits, dashes and dots.');
  }
  const operation = named.find((one) => isAt(one, call));
  if (operation) return operation;
  throw noOperation(named.length > 0 ? `$${call.name} is called elsewhere.` : 'No operation has this name here.');
}

function isAt(operation: Operation, { type, id }: OperationCall): boolean {
  const level = type === undefined ? 'system' : id === undefined ? 'type' : 'instance';
  return operation.on.some(
    (place) =>
      place.level === level &&
      (place.level === 'system' || place.types === undefined || place.types.includes(type ?? '')),
  );
}

/** Those of the body go before those of the query, which a POST may have as well. */
function parametersOf(operation: Operation, { content, query }: OperationCall): readonly Parameter[] {
  if (!content) return queryParameters(query);
  const { resource } = content;
  if (!operation.takesInvalid) requireStructure(content);
  if (resource.resourceType === 'Parameters' && isParameters(resource)) {
    return [...resourceParameters(resource), ...queryParameters(query)];
  }
  if (operation.body !== undefined) return [{ name: operation.body, resource }, ...queryParameters(query)];
  throw badRequest(`$${operation.name} takes its parameters in a resource of type Parameters.`, 'resourceType');
}

/** Of the frame alone: what it holds may be about to be validated. */
function isParameters(resource: object): boolean {
  const { parameter = [] } = resource as { readonly parameter?: unknown };
  return Array.isArray(parameter) && parameter.every((one) => typeof one?.name === 'string');
}

function postOnly({ name }: Operation): FhirError {
  return new FhirError(405, [issue('not-supported', `$${name} changes something, so it is called by POST alone.`)]);
}

function noOperation(why: string): FhirError {
  return new FhirError(404, [issue('not-supported', `${why} The CapabilityStatement lists the operations there are.`)]);
}

import {
  badRequest,
  type CanonicalResource,
  type CanonicalSource,
  type CodeSystem,
  type Coding,
  canonicalOf,
  codeSystemOf,
  FhirError,
  findCodeSystem,
  issue,
  type OutputParameter,
  TerminologyError,
  type ValueSets,
  valueSetsOf,
} from '@chartgate/fhir';
import { opening } from '../access/rule.ts';
import type { Answer } from '../interaction/answer.ts';
import type { FhirContext } from '../interaction/dispatch.ts';
import { read } from '../interaction/read.ts';
import type { OperationRequest } from './operation.ts';
import type { OperationParameters } from './parameters.ts';

/**
 * Runs an operation on codes. It answers from every ValueSet and CodeSystem that the site knows, so the caller must be
 * allowed to search all of both.
 * @throws {FhirError} 403; 404, 422 where there is no answer
 */
export async function answerCodes(context: FhirContext, work: () => Promise<Answer> | Answer): Promise<Answer> {
  for (const type of ['ValueSet', 'CodeSystem']) requireWhole(context, type);
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TerminologyError)) throw error;
    throw new FhirError(error.code === 'not-found' ? 404 : 422, [issue(error.code, error.message)]);
  }
}

function requireWhole({ rights }: FhirContext, type: string): void {
  const query = { type, criteria: [], include: [], revinclude: [], sort: [], count: 0 };
  const { rule } = rights.require({ code: 'search-type', type, query });
  const isWhole = opening(rule, type, 's').some((line) => line.criteria.length === 0 && line.compartment === undefined);
  if (isWhole) return;
  const why = `The token's scopes open a part of ${type} alone, and this answers from all of it: it needs system/${type}.s.`;
  throw new FhirError(403, [issue('forbidden', why)]);
}

const known = new WeakMap<CanonicalSource, ValueSets>();

/** The value sets of a site, remembered until its canonicals change. */
export function valueSetsIn({ conformance: { canonicals } }: FhirContext): ValueSets {
  const before = known.get(canonicals);
  if (before) return before;
  const made = valueSetsOf(canonicals);
  known.set(canonicals, made);
  return made;
}

/** The value set that is meant: the instance, the one of the parameter `url`, or the one that was sent. */
export async function valueSetAsked(request: OperationRequest, context: FhirContext): Promise<CanonicalResource> {
  const { parameters } = request;
  if (request.id !== undefined) return instance(request, context);
  const sent = parameters.resource('valueSet');
  if (sent) return requireType(sent, 'ValueSet');
  const url = parameters.text('url');
  if (url === undefined) throw badRequest('Which ValueSet? Send url, or valueSet in the Parameters of a POST.');
  const canonical = canonicalOf({ url, version: parameters.text('valueSetVersion') });
  const found = context.conformance.canonicals.find('ValueSet', canonical);
  if (found) return found;
  throw new TerminologyError('not-found', `The value set ${canonical} is not here.`);
}

/** The code system that is meant: the instance, the one that was sent, or the one of that URL and version. */
export async function codeSystemAsked(
  request: OperationRequest,
  context: FhirContext,
  { url, version }: { readonly url: string | undefined; readonly version: string | undefined },
): Promise<CodeSystem> {
  if (request.id !== undefined) return codeSystemOf(await instance(request, context));
  const sent = request.parameters.resource('codeSystem');
  if (sent) return codeSystemOf(requireType(sent, 'CodeSystem'));
  if (url === undefined) throw badRequest('Which CodeSystem? Send its URL.');
  const found = findCodeSystem(context.conformance.canonicals, url, version);
  if (found) return found;
  throw new TerminologyError('not-found', `The code system ${canonicalOf({ url, version })} is not at hand.`);
}

async function instance({ type = '', id = '' }: OperationRequest, context: FhirContext): Promise<CanonicalResource> {
  const { body } = await read(context.rights.require({ code: 'read', type, id }), context.store);
  return JSON.parse(body ?? '') as CanonicalResource;
}

function requireType(resource: { readonly resourceType: string }, type: string): CanonicalResource {
  if (resource.resourceType === type) return resource as CanonicalResource;
  throw badRequest(`A ${type} was expected.`, 'resourceType');
}

/** The codings that are asked about: `coding`, those of `codeableConcept`, or `code` with its system and display. */
export function codingsAsked(parameters: OperationParameters, system = parameters.text('system')): readonly Coding[] {
  const coding = parameters.value('coding', 'Coding') as Coding | undefined;
  const concept = parameters.value('codeableConcept', 'CodeableConcept') as
    | { readonly coding?: readonly Coding[] }
    | undefined;
  const code = parameters.text('code');
  const given = [coding, concept, code].filter((one) => one !== undefined);
  if (given.length !== 1) throw badRequest('Send one of code, coding and codeableConcept.');
  if (coding) return [coding];
  if (code === undefined) return concept?.coding ?? [];
  const display = parameters.text('display');
  return [{ code, ...(system === undefined ? {} : { system }), ...(display === undefined ? {} : { display }) }];
}

/** Refuses parameters whose meaning is not followed here: the answer would be another one than was asked for. */
export function refuse(parameters: OperationParameters, names: readonly string[]): void {
  const found = names.find((name) => parameters.names.includes(name));
  if (found === undefined) return;
  throw new FhirError(400, [issue('not-supported', `The parameter ${found} is not supported. Leave it out.`)]);
}

/** The answer of an operation whose result is a Parameters resource. */
export function parametersAnswer(parameter: readonly OutputParameter[]): Answer {
  return { status: 200, body: JSON.stringify({ resourceType: 'Parameters', parameter }) };
}

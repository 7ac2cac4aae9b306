import {
  badRequest,
  type Conformance,
  FhirError,
  isResourceId,
  isResourceType,
  issue,
  parseSearch,
} from '@chartgate/fhir';
import type { Content, SearchPosition, SearchType } from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';
import type { Rights } from '../access/rights.ts';
import type { IndexingStatus } from '../store/parameter-ports.ts';
import type { ResourceReader, ResourceStore } from '../store/ports.ts';
import type { Answer } from './answer.ts';
import { conditionOf } from './conditions.ts';
import { create, createUnlessFound } from './create.ts';
import { openCursor, sealCursor } from './cursor.ts';
import { deleteResource } from './delete.ts';
import { historyInstance } from './history-instance.ts';
import type { OperationCall } from './operation-call.ts';
import { urlOf } from './parameters.ts';
import { read } from './read.ts';
import { searchType } from './search-type.ts';
import { permitUpdate, update } from './update.ts';
import { vread } from './vread.ts';

/** A FHIR request as it stands on the wire or in a bundle's entry: what is asked, below the site's base. */
export type FhirRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Decoded path segments: `['Patient', '1', '_history']`. */
  readonly path: readonly string[];
  readonly query: readonly (readonly [name: string, value: string])[];
  /** The validated body of a POST or PUT. */
  readonly content?: Content;
  /** The version named by `If-Match`. */
  readonly ifMatch?: string;
  /** The search of `If-None-Exist`, without a question mark. */
  readonly ifNoneExist?: string;
  readonly handling: 'strict' | 'lenient';
};

/** Where a request runs, and under whose rights. */
export type FhirContext<Store = ResourceStore> = {
  /** FHIR base of the site, without a slash at its end. */
  readonly base: string;
  readonly store: Store;
  /** What the site knows: parameters, profiles, codes. */
  readonly conformance: Conformance;
  /** How far new search parameters are. */
  readonly indexing: { status(): Promise<IndexingStatus> };
  /** Runs an operation. They stand above the interactions, which reach them by this alone. */
  readonly operate: (call: OperationCall, context: FhirContext) => Promise<Answer>;
  /** Makes permits under the caller's grant. */
  readonly rights: Rights;
  /** Seals paging links; `boundTo` names the site and the client. */
  readonly seal: { readonly key: string; readonly boundTo: string };
};

/** Runs the interaction that method and path name. @see https://hl7.org/fhir/R4/http.html#summary */
export function dispatch(request: FhirRequest, context: FhirContext): Promise<Answer> {
  switch (request.method) {
    case 'GET':
      return dispatchRead(request, context);
    case 'POST':
      return post(request, context);
    case 'PUT':
      return put(request, context);
    case 'DELETE':
      return remove(request, context);
    default:
      return request.method satisfies never;
  }
}

/** The interactions that only read; they run as well inside of a transaction. */
export async function dispatchRead(request: FhirRequest, context: FhirContext<ResourceReader>): Promise<Answer> {
  const [typeText, id, history, versionId, ...rest] = request.path;
  const type = requireType(typeText);
  if (rest.length > 0 || (history !== undefined && history !== '_history')) throw noSuchPath();
  if (id === undefined || id === '_search') return search(type, request, context);
  requireId(id);
  if (versionId !== undefined) {
    return vread(context.rights.require({ code: 'vread', type, id, versionId: requireId(versionId) }), context.store);
  }
  if (history !== undefined) return instanceHistory(type, id, request, context);
  return read(context.rights.require({ code: 'read', type, id }), context.store);
}

async function post(request: FhirRequest, context: FhirContext): Promise<Answer> {
  const [typeText, second, ...rest] = request.path;
  const type = requireType(typeText);
  if (second === '_search' && rest.length === 0) return search(type, request, context);
  if (second !== undefined) throw noSuchPath();
  const permitted = context.rights.require({ code: 'create', type, content: requireContent(request, type) });
  if (request.ifNoneExist === undefined) return create(permitted, context.store);
  return createUnlessFound(permitted, conditionOf(type, request.ifNoneExist, context), context.store);
}

async function put(request: FhirRequest, context: FhirContext): Promise<Answer> {
  const [typeText, id, ...rest] = request.path;
  const type = requireType(typeText);
  if (id === undefined || rest.length > 0) throw noSuchPath();
  const content = requireContent(request, type);
  if (content.resource.id !== requireId(id)) {
    throw badRequest(`The body's id must be the one in the URL. Put it in the body as ${type}.id.`, `${type}.id`);
  }
  return update(permitUpdate({ type, id, content, ifMatch: request.ifMatch }, context.rights), context.store);
}

async function remove(request: FhirRequest, context: FhirContext): Promise<Answer> {
  const [typeText, id, ...rest] = request.path;
  const type = requireType(typeText);
  if (id === undefined || rest.length > 0) throw noSuchPath();
  const ifMatch = request.ifMatch === undefined ? {} : { ifMatch: request.ifMatch };
  return deleteResource(context.rights.require({ code: 'delete', type, id: requireId(id), ...ifMatch }), context.store);
}

function search(type: string, request: FhirRequest, context: FhirContext<ResourceReader>): Promise<Answer> {
  const { base, seal, conformance } = context;
  const { parameters } = conformance;
  const asked = request.query.filter(([name]) => name !== '_cursor');
  const { query, used } = parseSearch(type, asked, { handling: request.handling, base, parameters });
  const self = urlOf(`${base}/${type}`, used);
  const bound = { key: seal.key, boundTo: `${seal.boundTo}\n${self}` };
  const cursor = request.query.find(([name]) => name === '_cursor')?.[1];
  const after = cursor === undefined ? {} : { after: openCursor(cursor, bound) as SearchPosition };
  const permitted: Permitted<SearchType> = context.rights.require({ code: 'search-type', type, query, ...after });
  const next = (position: SearchPosition) =>
    urlOf(`${base}/${type}`, [...used, ['_cursor', sealCursor(position, bound)]]);
  return searchType(permitted, context.store, { base, self, next });
}

const historyPage = { count: 50, maxCount: 1000 };

function instanceHistory(
  type: string,
  id: string,
  request: FhirRequest,
  context: FhirContext<ResourceReader>,
): Promise<Answer> {
  const url = `${context.base}/${type}/${id}/_history`;
  const bound = { key: context.seal.key, boundTo: `${context.seal.boundTo}\n${url}` };
  let count = historyPage.count;
  let before: { before?: number } = {};
  for (const [name, value] of request.query) {
    if (name === '_count') count = historyCount(value);
    else if (name === '_cursor') before = { before: Number(openCursor(value, bound)) };
    else if (name !== '_format' && name !== '_pretty' && request.handling === 'strict') {
      throw badRequest(`Unknown parameter ${name}. A history here takes _count.`);
    }
  }
  const counted: (readonly [string, string])[] = [['_count', String(count)]];
  return historyInstance(
    context.rights.require({ code: 'history-instance', type, id, count, ...before }),
    context.store,
    {
      base: context.base,
      self: urlOf(url, request.query),
      next: (version) => urlOf(url, [...counted, ['_cursor', sealCursor(version, bound)]]),
    },
  );
}

function historyCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Math.min(Number(text), historyPage.maxCount);
  throw badRequest('_count must be a positive whole number.');
}

/** @throws {FhirError} 404 where R4 has no resource type of this name */
export function requireType(type: string | undefined): string {
  if (type !== undefined && isResourceType(type)) return type;
  throw new FhirError(404, [
    issue('not-supported', 'R4 has no resource type of the name in the URL. See metadata for the list.'),
  ]);
}

function requireId(id: string): string {
  if (isResourceId(id)) return id;
  throw badRequest('An id is 1 to 64 letters, digits, dashes and dots.');
}

function requireContent(request: FhirRequest, type: string): Content {
  if (!request.content) throw badRequest('The body is missing: a resource was expected.');
  if (request.content.resource.resourceType === type) return request.content;
  throw badRequest(`The body must be a ${type}, as the URL says.`, 'resourceType');
}

function noSuchPath(): FhirError {
  return new FhirError(404, [
    issue('not-supported', 'There is nothing at this path and method. See metadata for what there is.'),
  ]);
}

import { badRequest, FhirError, isResourceId, isResourceType, issue, methodNotAllowed } from '@chartgate/fhir';
import type { ResourceReader } from '../store/ports.ts';
import type { Answer } from './answer.ts';
import { createRequest } from './create.ts';
import { conditionalDelete, deleteRequest } from './delete.ts';
import { historyInstance, historySystem, historyType } from './history.ts';
import { conditionalPatch, patchRequest } from './patch.ts';
import { readRequest } from './read.ts';
import type { FhirContext, FhirRequest, Place, RequestMethod } from './request.ts';
import { isSearchPath, searchRequest } from './search-request.ts';
import { conditionalUpdate, updateRequest } from './update.ts';
import { vreadRequest } from './vread.ts';

export type { FhirContext, FhirRequest } from './request.ts';

type Handler<Context> = (place: Place, request: FhirRequest, context: Context) => Promise<Answer>;
type Table<Context> = Partial<Record<Path, Partial<Record<RequestMethod, Handler<Context>>>>>;

/** The paths there are. What a request's path names instead of `Type`, `id` and `version` stands in its `Place`;
 * `inside` is what is searched in a compartment. */
type Path =
  | ''
  | '_search'
  | '_history'
  | 'Type'
  | 'Type/_history'
  | 'Type/_search'
  | 'Type/id'
  | 'Type/id/inside'
  | 'Type/id/inside/_search'
  | 'Type/id/_history'
  | 'Type/id/_history/version';

/** What only reads; it runs inside of a transaction as well. @see https://hl7.org/fhir/R4/http.html#summary */
const reads: Table<FhirContext<ResourceReader>> = {
  '': { GET: searchRequest },
  _search: { POST: searchRequest },
  _history: { GET: historySystem },
  Type: { GET: searchRequest },
  'Type/_history': { GET: historyType },
  'Type/_search': { POST: searchRequest },
  'Type/id': { GET: readRequest },
  'Type/id/inside': { GET: searchRequest },
  'Type/id/inside/_search': { POST: searchRequest },
  'Type/id/_history': { GET: historyInstance },
  'Type/id/_history/version': { GET: vreadRequest },
};

/** What writes one resource. */
const writes: Table<FhirContext> = {
  Type: { POST: createRequest, PUT: conditionalUpdate, PATCH: conditionalPatch, DELETE: conditionalDelete },
  'Type/id': { PUT: updateRequest, PATCH: patchRequest, DELETE: deleteRequest },
};

/** Runs the interaction that method and path name, or the operation. */
export async function dispatch(request: FhirRequest, context: FhirContext): Promise<Answer> {
  if (isOperation(request.path)) return operation(request, context);
  const { path, place } = placeOf(request.path);
  const handler = reads[path]?.[request.method] ?? writes[path]?.[request.method];
  if (!handler) throw methodNotAllowed(allowedAt(request.path));
  return handler(place, request, context);
}

/** The interactions that only read. */
export async function dispatchRead(request: FhirRequest, context: FhirContext<ResourceReader>): Promise<Answer> {
  const { path, place } = placeOf(request.path);
  const handler = reads[path]?.[request.method];
  if (!handler) throw methodNotAllowed(allowedAt(request.path));
  return handler(place, request, context);
}

/** Whether a request changes nothing: a GET, or a search by POST. */
export function isRead({ method, path }: Pick<FhirRequest, 'method' | 'path'>): boolean {
  return method === 'GET' || (method === 'POST' && path.at(-1) === '_search');
}

export function isOperation(path: readonly string[]): boolean {
  return path.at(-1)?.startsWith('$') ?? false;
}

/** @throws {FhirError} 404 where there is nothing at the path, 405 where the method has no meaning there */
export function requireMethod(method: RequestMethod, segments: readonly string[]): void {
  if (isOperation(segments)) {
    if (method === 'GET' || method === 'POST') return;
  } else {
    const { path } = placeOf(segments);
    if (reads[path]?.[method] ?? writes[path]?.[method]) return;
  }
  throw methodNotAllowed(allowedAt(segments));
}

/** The methods at a path, for `Allow`. @throws {FhirError} 404 where there is nothing */
export function allowedAt(segments: readonly string[]): readonly string[] {
  if (isOperation(segments)) return ['GET', 'HEAD', 'POST', 'OPTIONS'];
  const { path } = placeOf(segments);
  const methods = [...Object.keys(reads[path] ?? {}), ...Object.keys(writes[path] ?? {})];
  return [...methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])), 'OPTIONS'];
}

const nowhere: Place = { type: '', id: '', versionId: '' };

/** @throws {FhirError} 404 for a path that is not there, 400 for a malformed id */
function placeOf(segments: readonly string[]): { readonly path: Path; readonly place: Place } {
  const [first, second, third, fourth] = segments;
  if (first === undefined) return { path: '', place: nowhere };
  if ((first === '_history' || first === '_search') && second === undefined) return { path: first, place: nowhere };
  const type = requireType(first);
  if (second === undefined) return { path: 'Type', place: { ...nowhere, type } };
  if (second === '_history' || second === '_search') {
    if (third !== undefined) throw noSuchPath();
    return { path: `Type/${second}`, place: { ...nowhere, type } };
  }
  const place = { ...nowhere, type, id: requireId(second) };
  if (third === undefined) return { path: 'Type/id', place };
  if (third !== '_history') return { path: compartmentPath(segments), place };
  if (segments.length > 4) throw noSuchPath();
  if (fourth === undefined) return { path: 'Type/id/_history', place };
  return { path: 'Type/id/_history/version', place: { ...place, versionId: requireId(fourth) } };
}

function compartmentPath(segments: readonly string[]): Path {
  if (!isSearchPath(segments)) throw noSuchPath();
  return segments.length === 3 ? 'Type/id/inside' : 'Type/id/inside/_search';
}

function operation(request: FhirRequest, context: FhirContext): Promise<Answer> {
  const { method, path, query, content, handling } = request;
  if (method !== 'GET' && method !== 'POST') throw methodNotAllowed(allowedAt(path));
  const [type, id] = path.slice(0, -1);
  if (path.length > 3) throw noSuchPath();
  return context.operate(
    {
      name: path.at(-1)!.slice(1),
      method,
      query,
      handling,
      ...(type === undefined ? {} : { type }),
      ...(id === undefined ? {} : { id }),
      ...(content === undefined ? {} : { content }),
    },
    context,
  );
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

export function noSuchPath(): FhirError {
  return new FhirError(404, [issue('not-supported', 'There is nothing at this path. See metadata for what there is.')]);
}

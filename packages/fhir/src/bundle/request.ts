import { isResourceType } from '../definitions/type.ts';
import { badRequest } from '../outcome/fhir-error.ts';
import { isResourceId } from '../resource/resource.ts';
import { dateInterval } from '../search/date.ts';
import { type EntityTags, parseEntityTags } from './entity-tag.ts';
import type { EntryRequest, RequestMethod, RequestTarget } from './entry.ts';

/** What requests are read against. `base` is the server's own base URL, without a slash at its end. */
export type RequestContext = { readonly base?: string | undefined };

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH']);

/**
 * Reads `Bundle.entry[i].request`. @param path its FHIRPath, for the errors
 * @throws {FhirError} 400 naming the member and what was expected
 * @see https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.request
 */
export function entryRequest(context: RequestContext, request: unknown, path: string): EntryRequest {
  if (typeof request !== 'object' || request === null) {
    throw badRequest('Expected a request with a method and a url in every entry of a batch or transaction.', path);
  }
  const text = (member: string) => textMember(request, member, path);
  const method = methodOf(text('method'), `${path}.method`);
  const url = text('url');
  if (url === undefined) throw badRequest('Expected a url, such as Patient or Patient/1.', `${path}.url`);
  const target = requestTarget(context, url, `${path}.url`);
  checkTarget(method, target, `${path}.url`);
  const ifMatch = tagsOf(text('ifMatch'), `${path}.ifMatch`);
  const ifNoneMatch = tagsOf(text('ifNoneMatch'), `${path}.ifNoneMatch`);
  const ifModifiedSince = timeOf(text('ifModifiedSince'), `${path}.ifModifiedSince`);
  const ifNoneExist = searchOf(text('ifNoneExist'), { method, target }, `${path}.ifNoneExist`);
  return {
    method,
    url,
    target,
    ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    ...(ifModifiedSince === undefined ? {} : { ifModifiedSince }),
  };
}

function textMember(request: object, member: string, path: string): string | undefined {
  const value: unknown = Reflect.get(request, member);
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw badRequest('Expected a text that is not empty.', `${path}.${member}`);
}

function methodOf(text: string | undefined, path: string): RequestMethod {
  if (text !== undefined && isMethod(text)) return text;
  throw badRequest(`Expected one of ${[...methods].join(', ')}.`, path);
}

function isMethod(text: string): text is RequestMethod {
  return methods.has(text);
}

/** A type, an id, `_history`, `_search`, or an operation. */
const segmentForm = /^(?:[A-Za-z0-9\-.]{1,64}|_history|_search|\$[A-Za-z][A-Za-z0-9-]{0,63})$/;

/** Reads a request's URL, relative to the server's base or below it. @throws {FhirError} 400 naming `path` */
export function requestTarget(context: RequestContext, url: string, path: string): RequestTarget {
  const { base } = context;
  const isBelow = base !== undefined && url.startsWith(base) && /^(?:[/?]|$)/.test(url.slice(base.length));
  const relative = isBelow ? url.slice(base.length).replace(/^\//, '') : url;
  const mark = relative.indexOf('?');
  const query = mark < 0 ? undefined : relative.slice(mark + 1);
  const location = mark < 0 ? relative : relative.slice(0, mark);
  const segments = location === '' ? [] : location.split('/');
  const [type = '', id = ''] = segments;
  const isNamed = isResourceType(type);
  const isWellFormed =
    (isNamed || /^[_$]/.test(type) || (segments.length === 0 && query !== undefined)) &&
    segments.length <= 4 &&
    segments.every((segment) => segmentForm.test(segment));
  if (!isWellFormed) {
    throw badRequest('Expected a url below the base such as Patient, Patient/1 or Patient?name=x.', path);
  }
  return {
    path: segments,
    ...(isNamed ? { type } : {}),
    ...(isNamed && isResourceId(id) ? { id } : {}),
    ...(query === undefined ? {} : { query }),
  };
}

/** Which forms of URL a method takes. @see https://hl7.org/fhir/R4/http.html#summary */
function checkTarget(method: RequestMethod, target: RequestTarget, path: string): void {
  const { path: segments, type, id, query } = target;
  const [last = ''] = segments.slice(-1);
  switch (method) {
    case 'GET':
    case 'HEAD':
      return;
    case 'POST':
      if (last.startsWith('$') || last === '_search') return;
      if (type !== undefined && segments.length === 1 && query === undefined) return;
      throw badRequest('Expected a type alone with POST, such as Patient.', path);
    case 'PUT':
    case 'PATCH':
    case 'DELETE':
      if (segments.length === 2 && id !== undefined && query === undefined) return;
      if (segments.length === 1 && type !== undefined && query !== undefined) return;
      throw badRequest(`Expected Type/id or Type?query with ${method}.`, path);
    default:
      method satisfies never;
  }
}

/** `identifier=x`, also where it was sent as `?identifier=x` or `Patient?identifier=x`. */
function searchOf(
  text: string | undefined,
  { method, target }: Pick<EntryRequest, 'method' | 'target'>,
  path: string,
): string | undefined {
  if (text === undefined) return undefined;
  const { type, path: segments } = target;
  if (method !== 'POST' || type === undefined || segments.length > 1) {
    throw badRequest('Expected ifNoneExist with a create (POST of a type) alone.', path);
  }
  const search = text.startsWith(`${type}?`) ? text.slice(type.length + 1) : text.replace(/^\?/, '');
  if (search.includes('=')) return search;
  throw badRequest('Expected a search such as identifier=system|value.', path);
}

/** @throws {FhirError} 400 for what are no entity tags */
function tagsOf(text: string | undefined, path: string): EntityTags | undefined {
  const tags = text === undefined ? undefined : parseEntityTags(text);
  if (text === undefined || tags !== undefined) return tags;
  throw badRequest('Expected a version as an entity tag, such as W/"3".', path);
}

/** @throws {FhirError} 400 for what is no instant */
function timeOf(text: string | undefined, path: string): number | undefined {
  const time = text === undefined ? undefined : dateInterval(text)?.lo;
  if (text === undefined || time !== undefined) return time;
  throw badRequest('Expected an instant such as 2026-01-31T09:30:00Z.', path);
}

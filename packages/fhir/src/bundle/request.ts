import { isResourceType } from '../definitions/type.ts';
import { badRequest } from '../outcome/fhir-error.ts';
import { isResourceId } from '../resource/resource.ts';
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
  const ifNoneExist = text('ifNoneExist');
  if (ifNoneExist !== undefined && method !== 'POST') {
    throw badRequest('Expected ifNoneExist with POST alone.', `${path}.ifNoneExist`);
  }
  const ifMatch = text('ifMatch');
  const ifNoneMatch = text('ifNoneMatch');
  const ifModifiedSince = text('ifModifiedSince');
  return {
    method,
    url,
    target,
    ...(ifNoneExist === undefined ? {} : { ifNoneExist: searchOf(ifNoneExist, target.type, `${path}.ifNoneExist`) }),
    ...(ifMatch === undefined ? {} : { ifMatch: versionOf(ifMatch, `${path}.ifMatch`) }),
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

/** Reads a request's URL, relative to the server's base or below it. @throws {FhirError} 400 naming `path` */
export function requestTarget(context: RequestContext, url: string, path: string): RequestTarget {
  const { base } = context;
  const relative = base !== undefined && url.startsWith(`${base}/`) ? url.slice(base.length + 1) : url;
  const mark = relative.indexOf('?');
  const query = mark < 0 ? undefined : relative.slice(mark + 1);
  const [type = '', id, history, versionId, ...more] = (mark < 0 ? relative : relative.slice(0, mark)).split('/');
  const isWellFormed =
    isResourceType(type) &&
    (id === undefined || isResourceId(id)) &&
    (history === undefined || history === '_history') &&
    (versionId === undefined || isResourceId(versionId)) &&
    more.length === 0;
  if (!isWellFormed) {
    throw badRequest('Expected a url below the base such as Patient, Patient/1 or Patient?name=x.', path);
  }
  return {
    type,
    ...(id === undefined ? {} : { id }),
    history: history !== undefined,
    ...(versionId === undefined ? {} : { versionId }),
    ...(query === undefined ? {} : { query }),
  };
}

/** Which forms of URL a method takes. @see https://hl7.org/fhir/R4/http.html#summary */
function checkTarget(method: RequestMethod, target: RequestTarget, path: string): void {
  const { id, history, query } = target;
  switch (method) {
    case 'GET':
    case 'HEAD':
      return;
    case 'POST':
      if (id === undefined && query === undefined) return;
      throw badRequest('Expected a type alone with POST, such as Patient.', path);
    case 'PUT':
    case 'PATCH':
    case 'DELETE':
      if (!history && (id === undefined) !== (query === undefined)) return;
      throw badRequest(`Expected Type/id or Type?query with ${method}.`, path);
    default:
      method satisfies never;
  }
}

/** `identifier=x`, also where it was sent as `?identifier=x` or `Patient?identifier=x`. */
function searchOf(text: string, type: string, path: string): string {
  const search = text.startsWith(`${type}?`) ? text.slice(type.length + 1) : text.replace(/^\?/, '');
  if (search.includes('=')) return search;
  throw badRequest('Expected a search such as identifier=system|value.', path);
}

/** The version id of `W/"3"`. @throws {FhirError} 400 for what is no such tag */
function versionOf(text: string, path: string): string {
  const match = /^(?:W\/)?"([A-Za-z0-9\-.]{1,64})"$/.exec(text);
  if (match?.[1] !== undefined) return match[1];
  throw badRequest('Expected a version as an entity tag, such as W/"3".', path);
}

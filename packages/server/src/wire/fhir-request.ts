import { compactJson, parseResource } from '@chartgate/fhir';
import type { FastifyRequest } from 'fastify';
import type { Content } from '../access/interaction.ts';
import { requireStructure, requireValid } from '../interaction/content.ts';
import { isRead, requireMethod } from '../interaction/dispatch.ts';
import { type Patch, patchOf } from '../interaction/patched.ts';
import type { FhirRequest, RequestMethod } from '../interaction/request.ts';
import { isRawBinary, rawBinary } from './binary.ts';
import {
  bodyKind,
  ifMatchOf,
  ifModifiedSinceOf,
  ifNoneExistOf,
  ifNoneMatchOf,
  isJsonKind,
  preferOf,
  requireJsonAnswer,
  requireJsonBody,
  requirePlain,
  unsupportedBody,
} from './negotiate.ts';
import { pairsOf, pathOf, textOf } from './request.ts';

/** The request as the interactions understand it; a body is parsed and validated here. */
export function fhirRequest(request: FastifyRequest): FhirRequest {
  const { headers } = request;
  const path = pathOf(request);
  const method = (request.method === 'HEAD' ? 'GET' : request.method) as RequestMethod;
  requireMethod(method, path);
  const query = pairsOf(request);
  if (method === 'POST' && isRead({ method, path })) query.push(...formOf(request));
  const ifMatch = ifMatchOf(headers['if-match']);
  const ifNoneMatch = ifNoneMatchOf(headers['if-none-match']);
  const ifModifiedSince = ifModifiedSinceOf(headers['if-modified-since']);
  const ifNoneExist = method === 'POST' ? ifNoneExistOf(headers['if-none-exist']) : undefined;
  return {
    method,
    path,
    query,
    ...bodyOf(request, { method, path }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    ...(ifModifiedSince === undefined ? {} : { ifModifiedSince }),
    ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
    handling: preferOf(headers.prefer).handling,
  };
}

type Asked = Pick<FhirRequest, 'method' | 'path'>;

function bodyOf(request: FastifyRequest, asked: Asked): { content?: Content } | { patch?: Patch } {
  if (asked.method === 'PATCH') return { patch: patchIn(request) };
  if (isRead(asked) || asked.method === 'DELETE') return {};
  if (isRawBinary(request, asked.path)) return { content: requireValid(rawBinary(request, asked.path), request.fhir) };
  requireJsonBody(request.headers);
  return { content: requireValid(parseResource(textOf(request)), request.fhir) };
}

/** @see https://hl7.org/fhir/R4/http.html#patch */
function patchIn(request: FastifyRequest): Patch {
  requirePlain(request.headers);
  const kind = bodyKind(request.headers);
  if (kind === 'application/json-patch+json') return { kind: 'json', text: compactJson(textOf(request)) };
  if (isJsonKind(kind)) return patchOf(requireStructure(parseResource(textOf(request))));
  throw unsupportedBody(
    'A patch is a JSON Patch (Content-Type: application/json-patch+json) or a FHIRPath Patch (application/fhir+json).',
  );
}

function formOf(request: FastifyRequest): URLSearchParams {
  if (bodyKind(request.headers) !== 'application/x-www-form-urlencoded') {
    throw unsupportedBody('A search by POST sends its parameters as application/x-www-form-urlencoded.');
  }
  const form = new URLSearchParams(textOf(request));
  requireJsonAnswer(undefined, form.get('_format') ?? undefined);
  return form;
}

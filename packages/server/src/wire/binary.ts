import { badRequest, FhirError, issue, tooLarge } from '@chartgate/fhir';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Content } from '../access/interaction.ts';
import type { Answer } from '../interaction/answer.ts';
import { accepts, bodyKind, isJsonKind, namesJson, requirePlain } from './negotiate.ts';
import { bytesOf, pathOf, queryOf } from './request.ts';

/** Bytes that raw content may have: as base64 in a resource it must fit into what a body may have. */
const maxBytes = 6 * 1024 * 1024 - 4096;

const contentTypeForm =
  /^[\w!#$&^.+-]{1,64}\/[\w!#$&^.+-]{1,100}( ?; ?[\w!#$&^.+-]{1,40}=("[\w !#$&^.+:/-]{0,80}"|[\w!#$&^.+-]{1,80}))*$/;

/** Whether a write brings the content itself, not a Binary resource. @see https://hl7.org/fhir/R4/binary.html#rest */
export function isRawBinary({ method, headers }: FastifyRequest, [type, ...more]: readonly string[]): boolean {
  const kind = bodyKind(headers);
  const isWrite = (method === 'POST' && more.length === 0) || (method === 'PUT' && more.length === 1);
  return type === 'Binary' && isWrite && kind !== undefined && !isJsonKind(kind) && kind !== 'application/fhir+xml';
}

/**
 * The Binary resource that raw content stands for; `X-Security-Context` is its security context.
 * @throws {FhirError} 400 for headers that cannot be understood, 413 for too much, 415 for a compressed body
 */
export function rawBinary(request: FastifyRequest, [, id]: readonly string[]): Content {
  requirePlain(request.headers);
  const contentType = (request.headers['content-type'] ?? '').trim();
  if (!contentTypeForm.test(contentType)) throw badRequest('Content-Type must be a media type such as image/png.');
  const bytes = bytesOf(request);
  if (bytes.length > maxBytes) throw tooLarge(`Raw content may have ${maxBytes} bytes at most.`);
  const context = request.headers['x-security-context'];
  if (context !== undefined && (typeof context !== 'string' || !/^[\w./:-]{1,500}$/.test(context))) {
    throw badRequest('X-Security-Context must be one reference, such as Patient/1.');
  }
  const resource = {
    resourceType: 'Binary',
    ...(id === undefined ? {} : { id }),
    contentType,
    ...(context === undefined ? {} : { securityContext: { reference: context } }),
    ...(bytes.length === 0 ? {} : { data: bytes.toString('base64') }),
  };
  return { resource, text: JSON.stringify(resource) };
}

/** Whether a read of one Binary asks for the content itself: it does unless it names a FHIR format. */
export function wantsRaw(request: FastifyRequest): boolean {
  if ((request.params as { readonly type?: string }).type !== 'Binary') return false;
  const [type, id, history, versionId] = pathOf(request);
  const isOne =
    type === 'Binary' && id !== undefined && !/^[_$]/.test(id) && (history === undefined || versionId !== undefined);
  if (!isOne || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
  const format = request.url.includes('_format=') ? (queryOf(request).get('_format') ?? undefined) : undefined;
  return format === undefined && !namesJson(request.headers.accept, undefined);
}

/** What a browser shows without running anything of it. Everything else is offered as a file. */
const inert = /^(image\/(png|jpeg|gif|webp|bmp)|text\/plain|audio\/[\w.+-]+|video\/[\w.+-]+)$/;

/**
 * Sends the content of a Binary under the content type that it has. It was written by anybody: a browser must neither
 * guess another type, nor run it, nor let it reach this origin.
 * @throws {FhirError} 406 where the client does not take that type
 */
export function sendRaw(reply: FastifyReply, answer: Answer): FastifyReply {
  const { contentType, data, securityContext } = JSON.parse(answer.body ?? '{}');
  const kind = contentTypeForm.test(contentType) ? contentType : 'application/octet-stream';
  if (!accepts(reply.request.headers.accept, kind)) throw notAcceptable();
  reply
    .code(answer.status)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "sandbox; default-src 'none'")
    .header('content-disposition', inert.test(kind.split(';')[0].trim().toLowerCase()) ? 'inline' : 'attachment')
    .header('etag', `W/"${answer.version}"`)
    .header('last-modified', new Date(answer.lastModified ?? 0).toUTCString());
  const context: unknown = securityContext?.reference;
  if (typeof context === 'string' && /^[\w./:-]{1,500}$/.test(context)) reply.header('x-security-context', context);
  if (answer.body === undefined) return reply.send();
  return reply.type(kind).send(Buffer.from(typeof data === 'string' ? data : '', 'base64'));
}

function notAcceptable(): FhirError {
  return new FhirError(406, [
    issue('not-supported', 'The content has another type than Accept takes. Ask with */*, or application/fhir+json.'),
  ]);
}

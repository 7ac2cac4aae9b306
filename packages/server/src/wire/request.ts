import { isUtf8 } from 'node:buffer';
import { badRequest } from '@chartgate/fhir';
import type { FastifyRequest } from 'fastify';

/** The body as text; empty where there is none. @throws {FhirError} 400 for what is not UTF-8 */
export function textOf(request: FastifyRequest): string {
  return utf8Of(request).toString('utf8');
}

/** The body, which is well-formed UTF-8; empty where there is none. @throws {FhirError} 400 for what is not */
export function utf8Of(request: FastifyRequest): Buffer {
  const bytes = bytesOf(request);
  if (isUtf8(bytes)) return bytes;
  throw badRequest('The body is not UTF-8. FHIR knows no other encoding.');
}

/** The body as it was sent; empty where there is none. */
export function bytesOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

/** The query, decoded as forms are. */
export function queryOf(request: FastifyRequest): URLSearchParams {
  const at = request.url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : request.url.slice(at + 1));
}

/** The same as pairs. Most reads have none. */
export function pairsOf(request: FastifyRequest): [string, string][] {
  return request.url.includes('?') ? [...queryOf(request)] : [];
}

/** The format that the query asks for. */
export function formatOf(request: FastifyRequest): string | undefined {
  return request.url.includes('?') ? (queryOf(request).get('_format') ?? undefined) : undefined;
}

/** The segments of each route's path below the FHIR base: there are a few dozen routes. */
const segmentsOf = new Map<string, readonly string[]>();

/**
 * The decoded segments of the path below the FHIR base, by the route that took the request: `['Patient', '1']` for
 * `/apis/:site/fhir/:type/:id`.
 */
export function pathOf(request: FastifyRequest): readonly string[] {
  const params = request.params as Readonly<Record<string, string | undefined>>;
  const { url = '' } = request.routeOptions;
  let segments = segmentsOf.get(url);
  if (!segments) {
    const [, below = ''] = url.split('/fhir');
    segments = below.split('/').filter((segment) => segment !== '');
    segmentsOf.set(url, segments);
  }
  return segments.map((segment) => (segment.startsWith(':') ? (params[segment.slice(1)] ?? '') : segment));
}

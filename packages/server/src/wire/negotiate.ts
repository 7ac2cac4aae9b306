import type { IncomingHttpHeaders } from 'node:http';
import { badRequest, FhirError, issue } from '@chartgate/fhir';

const json = /^(application\/(fhir\+json|json|json\+fhir)|text\/json|\*\/\*|application\/\*)$/;

/**
 * Refuses what is asked for in another format than JSON: 406 by `_format` or `Accept`. Browsers and plain clients,
 * which name none or anything, get JSON.
 * @see https://hl7.org/fhir/R4/http.html#mime-type
 */
export function requireJsonAnswer(accept: string | undefined, format: string | undefined): void {
  const asked = format ?? accept;
  if (asked === undefined || asked === '') return;
  if (format !== undefined && format.toLowerCase() === 'json') return;
  const kinds = asked.split(',').map((kind) => kind.split(';')[0]!.trim().toLowerCase());
  if (kinds.some((kind) => json.test(kind) || kind === 'text/html')) return;
  throw new FhirError(406, [
    issue('not-supported', 'Only JSON is spoken here. Ask with Accept: application/fhir+json, or _format=json.'),
  ]);
}

/** Refuses a body that is not declared as plain JSON, also a compressed one (it could grow without bound): 415. */
export function requireJsonBody(headers: IncomingHttpHeaders): void {
  const kind = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const isPlain = headers['content-encoding'] === undefined || headers['content-encoding'] === 'identity';
  if (isPlain && kind !== undefined && bodyKind.test(kind)) return;
  throw new FhirError(415, [
    issue(
      'not-supported',
      'The body must be JSON and say so. Send Content-Type: application/fhir+json (charset UTF-8, no Content-Encoding).',
    ),
  ]);
}

const bodyKind = /^(application\/(fhir\+json|json|json\+fhir)|text\/json)$/;

/** The version named by `If-Match: W/"3"`. @throws {FhirError} 400 for another form */
export function ifMatchVersion(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const match = /^(?:W\/)?"([^"]{1,64})"$/.exec(header.trim());
  if (!match) throw badRequest('If-Match must be one ETag such as W/"3", as the last read answered it.');
  return match[1];
}

/** `Prefer: handling=lenient; return=minimal`. @see https://hl7.org/fhir/R4/http.html#ops */
export type Prefer = { readonly handling: 'strict' | 'lenient'; readonly minimal: boolean };

export function preferOf(header: string | readonly string[] | undefined): Prefer {
  const wishes = String(header ?? '')
    .split(/[;,]/)
    .map((wish) => wish.trim().toLowerCase());
  return {
    handling: wishes.includes('handling=lenient') ? 'lenient' : 'strict',
    minimal: wishes.includes('return=minimal'),
  };
}

import { badRequest, FhirError, issue } from '@chartgate/fhir';
import { type FhirRequest, wireParameters } from './request.ts';

/** Parameters of a read. `_format` and `_pretty` are the wire's. @see https://hl7.org/fhir/R4/http.html#parameters */
export const resultParameters: ReadonlySet<string> = new Set([...wireParameters, '_summary', '_elements']);

/** @throws {FhirError} 400 under strict handling for a parameter that the interaction does not have */
export function requireKnown({ query, handling }: FhirRequest, known: ReadonlySet<string>): void {
  if (handling === 'lenient') return;
  const unknown = query.find(([name]) => !known.has(name));
  if (!unknown) return;
  throw new FhirError(400, [
    issue(
      'not-supported',
      `The parameter ${unknown[0].slice(0, 80)} is unknown here. This interaction takes ${[...known].join(', ')}.`,
    ),
  ]);
}

/** A URL of this path and query. */
export function urlOf(path: string, query: readonly (readonly [string, string])[]): string {
  if (query.length === 0) return path;
  return `${path}?${query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')}`;
}

/** Encodes what a query must, and leaves `:`, `|`, `,`, `/` readable. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(3A|2C|2F)/g, decodeURIComponent);
}

/**
 * The search of a conditional update, patch or delete, percent-encoded: the URL's query but for what the wire reads.
 * @throws {FhirError} 400 where there is none
 */
export function conditionIn({ method, query }: FhirRequest, type: string): string {
  const search = query.filter(([name]) => !wireParameters.has(name));
  if (search.length > 0) return new URLSearchParams(search as [string, string][]).toString();
  throw badRequest(`${method} names one resource: ${method} ${type}/id, or ${method} ${type}?identifier=system|value.`);
}

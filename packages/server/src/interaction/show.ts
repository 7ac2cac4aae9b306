import { parseProjection, projector } from '@chartgate/fhir';
import type { StoredVersion } from '../store/ports.ts';
import type { FhirRequest } from './request.ts';

/** A version with what the answer shows of it. */
export type Show = (stored: StoredVersion) => StoredVersion;

const whole: Show = (stored) => stored;

/**
 * How `_summary` and `_elements` cut what is answered. Only what the access rule opened comes here; nothing is added.
 * @param type the one type that the answer can hold, where it is one
 * @see https://hl7.org/fhir/R4/search.html#summary
 */
export function showOf(query: FhirRequest['query'], type?: string): Show {
  if (query.length === 0) return whole;
  const projection = parseProjection(query, type);
  if (!projection) return whole;
  const project = projector(projection);
  return (stored) => (stored.body === '' ? stored : { ...stored, body: project(stored.type, stored.body) });
}

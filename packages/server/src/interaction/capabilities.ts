import { type CapabilitySource, capabilityStatement } from '@chartgate/fhir';
import type { Answer } from './answer.ts';

const texts = new Map<string, string>();

/** FHIR capabilities: `metadata`, made once a base. @see https://hl7.org/fhir/R4/http.html#capabilities */
export function capabilities(base: string, oauth: CapabilitySource['oauth']): Answer {
  const body = texts.get(base) ?? JSON.stringify(capabilityStatement({ base, date: new Date().toISOString(), oauth }));
  texts.set(base, body);
  return { status: 200, body };
}

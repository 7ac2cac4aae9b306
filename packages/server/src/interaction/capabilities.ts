import { type CapabilitySource, capabilityStatement } from '@chartgate/fhir';
import type { Answer } from './answer.ts';

const texts = new WeakMap<CapabilitySource['parameters'], Map<string, string>>();

/** FHIR capabilities: `metadata`, made once for a base and what its site knows. @see https://hl7.org/fhir/R4/http.html#capabilities */
export function capabilities(source: Omit<CapabilitySource, 'date'>): Answer {
  const { base, parameters } = source;
  const byBase = texts.get(parameters) ?? new Map<string, string>();
  const body = byBase.get(base) ?? JSON.stringify(capabilityStatement({ ...source, date: new Date().toISOString() }));
  texts.set(parameters, byBase.set(base, body));
  return { status: 200, body };
}

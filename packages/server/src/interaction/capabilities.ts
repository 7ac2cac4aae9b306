import { capabilityStatement } from '@chartgate/fhir';
import type { Answer } from './answer.ts';

/** The OAuth endpoints that the statement's security section names. */
export type SecurityEndpoints = { readonly token: string; readonly register: string };

/** FHIR capabilities: `metadata`. @see https://hl7.org/fhir/R4/http.html#capabilities */
export function capabilities(base: string, endpoints: SecurityEndpoints): Answer {
  return { status: 200, body: JSON.stringify(capabilityStatement(base, endpoints)) };
}

import { operationOutcome } from '@chartgate/fhir';
import type { Answer } from './answer.ts';

/** `Prefer: return=…`: what of a write is answered beside its headers. @see https://hl7.org/fhir/R4/http.html#ops */
export type Return = 'minimal' | 'representation' | 'OperationOutcome';

/** The body of an OperationOutcome that says what a write did; undefined where the answer has no such words. */
export function outcomeOf({ outcome }: Answer): string | undefined {
  if (outcome === undefined) return undefined;
  return JSON.stringify(operationOutcome([{ severity: 'information', code: 'informational', diagnostics: outcome }]));
}

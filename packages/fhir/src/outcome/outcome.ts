/** @see https://hl7.org/fhir/R4/valueset-issue-type.html */
export type IssueType =
  | 'invalid'
  | 'structure'
  | 'required'
  | 'value'
  | 'invariant'
  | 'security'
  | 'login'
  | 'unknown'
  | 'expired'
  | 'forbidden'
  | 'suppressed'
  | 'processing'
  | 'not-supported'
  | 'duplicate'
  | 'multiple-matches'
  | 'not-found'
  | 'deleted'
  | 'too-long'
  | 'code-invalid'
  | 'extension'
  | 'too-costly'
  | 'business-rule'
  | 'conflict'
  | 'transient'
  | 'lock-error'
  | 'no-store'
  | 'exception'
  | 'timeout'
  | 'incomplete'
  | 'throttled'
  | 'informational';

/** One finding. `expression` holds FHIRPaths such as `Patient.name[0].family`; `diagnostics` is for developers. */
export type Issue = {
  readonly severity: 'fatal' | 'error' | 'warning' | 'information';
  readonly code: IssueType;
  readonly diagnostics?: string;
  readonly details?: { readonly text: string };
  readonly expression?: readonly string[];
};

/** @see https://hl7.org/fhir/R4/operationoutcome.html */
export type OperationOutcome = { readonly resourceType: 'OperationOutcome'; readonly issue: readonly Issue[] };

export function operationOutcome(issues: readonly Issue[]): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue: issues };
}

/** An error issue. The text says what happened, what was expected and what to do next; never a patient's data. */
export function issue(code: IssueType, diagnostics: string, expression?: string): Issue {
  return { severity: 'error', code, diagnostics, ...(expression === undefined ? {} : { expression: [expression] }) };
}

import { type Issue, issue } from './outcome.ts';

/** A refusal of the FHIR API: an HTTP status and the issues of its OperationOutcome. Rendered once, at the wire. */
export class FhirError extends Error {
  readonly status: number;
  readonly issues: readonly Issue[];

  constructor(status: number, issues: readonly Issue[], cause?: unknown) {
    super(issues.map((i) => i.diagnostics ?? i.code).join('; '), cause === undefined ? undefined : { cause });
    this.name = 'FhirError';
    this.status = status;
    this.issues = issues;
  }
}

/** 404: the resource does not exist, or may not be seen: the two look the same. */
export function notFound(reference: string): FhirError {
  return new FhirError(404, [issue('not-found', `${reference} is not here. Check the type and the id.`)]);
}

/** 410: the resource was deleted. */
export function gone(reference: string): FhirError {
  return new FhirError(410, [
    issue('deleted', `${reference} was deleted. Its earlier versions are in ${reference}/_history.`),
  ]);
}

/** 400: the request as a whole cannot be understood. */
export function badRequest(diagnostics: string, expression?: string): FhirError {
  return new FhirError(400, [issue('invalid', diagnostics, expression)]);
}

/** 400: a search parameter, modifier or value that this server cannot use. */
export function invalidSearchParameter(name: string, why: string): FhirError {
  return new FhirError(400, [issue('not-supported', `Search parameter ${name}: ${why}`)]);
}

/** 412: `If-Match` or a conditional interaction's condition does not hold. */
export function preconditionFailed(diagnostics: string): FhirError {
  return new FhirError(412, [issue('conflict', diagnostics)]);
}

/** 403: the token's scopes do not allow this. @param needed a scope that would, such as `system/Patient.r` */
export function forbidden(diagnostics: string): FhirError {
  return new FhirError(403, [issue('forbidden', diagnostics)]);
}

/** 405: there is something at this path, but not by this method. */
export class MethodNotAllowed extends FhirError {
  readonly allow: readonly string[];

  constructor(allow: readonly string[]) {
    super(405, [issue('not-supported', `This path does not take the method. It takes ${allow.join(', ')}.`)]);
    this.allow = allow;
  }
}

/** @param allow the methods that the path takes, for the header `Allow` */
export function methodNotAllowed(allow: readonly string[]): FhirError {
  return new MethodNotAllowed(allow);
}

/** 422: understood, but it cannot be carried out on what is there. */
export function unprocessable(diagnostics: string, expression?: string): FhirError {
  return new FhirError(422, [issue('processing', diagnostics, expression)]);
}

/** 413: larger than the server takes. */
export function tooLarge(diagnostics: string): FhirError {
  return new FhirError(413, [issue('too-long', diagnostics)]);
}

/**
 * An expression that cannot be parsed, or an evaluation that FHIRPath calls an error or that took more steps than it
 * may. The message names places and operators of the expression, never a value of the resource.
 */
export class FhirPathError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FhirPathError';
  }
}

import type { TypedValue } from './value.ts';

/**
 * What an evaluation knows beside its focus. What is left out answers "unknown", which FHIRPath writes as an empty
 * collection.
 * @see https://hl7.org/fhir/R4/fhirpath.html
 */
export type Environment = {
  /** `%resource`: the resource that holds the focus. */
  readonly resource: TypedValue;
  /** `%rootResource`: the resource that contains `resource`, or `resource` itself. */
  readonly rootResource: TypedValue;
  /** `now()`, in ms since the epoch. (Default: the clock) */
  readonly now?: number;
  /** The resource a reference such as `Patient/1` or a canonical points at; contained ones are found without it. */
  resolve?(reference: string): TypedValue | undefined;
  /** Whether a code, Coding or CodeableConcept is in the value set; undefined where that cannot be told. */
  isMember?(valueSet: string, value: TypedValue): boolean | undefined;
  /** Whether a value meets a profile; undefined where the profile is not known. */
  conformsTo?(profile: string, value: TypedValue): boolean | undefined;
  /** Whether `code` is `other` or above it in its code system; undefined where that cannot be told. */
  subsumes?(system: string, code: string, other: string): boolean | undefined;
  /** Whether a value is in a slice of a profile, by its name; undefined where that cannot be told. */
  isInSlice?(profile: string, slice: string, value: TypedValue): boolean | undefined;
  /** The ElementDefinition of a value, from the profile it is validated against. */
  elementDefinition?(value: TypedValue): TypedValue | undefined;
  /** Steps the evaluation may take; one is a node of the expression or an item it looks at. (Default: 1 000 000) */
  readonly steps?: number;
};

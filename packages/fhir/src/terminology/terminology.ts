/** @see https://hl7.org/fhir/R4/datatypes.html#Coding */
export type Coding = {
  readonly system?: string;
  readonly version?: string;
  readonly code?: string;
  readonly display?: string;
};

/**
 * What the search and the validator ask about codes. Every answer may be "undefined": it cannot be told, as the codes
 * are not at hand (SNOMED CT, LOINC and others are licensed).
 * @see https://hl7.org/fhir/R4/terminologies.html
 */
export type Terminology = {
  /** Whether the value set has the coding; one without a system is compared by its code alone. */
  isMember(valueSet: string, coding: Coding): boolean | undefined;
  /** The codings of a value set, at most `limit`; undefined also where there are more. */
  codings(valueSet: string, limit: number): readonly Coding[] | undefined;
  /** The code and all that it subsumes, at most `limit`. */
  below(system: string, code: string, limit: number): readonly string[] | undefined;
  /** The code and all that subsume it. */
  above(system: string, code: string): readonly string[] | undefined;
};

/** Knows nothing. */
export const noTerminology: Terminology = {
  isMember: () => undefined,
  codings: () => undefined,
  below: () => undefined,
  above: () => undefined,
};

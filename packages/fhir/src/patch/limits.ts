/** What a patch may ask for at most. */
export const patchLimits = {
  /** Operations of one patch. */
  operations: 1_000,
  /** Objects, arrays and primitive values that all its operations together may add; 128 characters count as one more. */
  added: 100_000,
  /** Steps of FHIRPath for all its paths together. */
  steps: 2_000_000,
} as const;

/** What a JSON text may hold at most. */
export type JsonLimits = {
  /** Objects and arrays inside each other; the scan is recursive, so keep it below 1000. (Default: 64) */
  readonly depth: number;
  /** Members of all objects and elements of all arrays together. (Default: 1 000 000) */
  readonly elements: number;
  /** Characters of one number. (Default: 40) */
  readonly numberLength: number;
};

export const jsonLimits: JsonLimits = { depth: 64, elements: 1_000_000, numberLength: 40 };

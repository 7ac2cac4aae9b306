/** What one search may ask for at most. A refusal names the limit. */
export const searchLimits = {
  /** Parameters of one search, result parameters included. */
  parameters: 100,
  /** Values of one parameter, separated by commas (OR). */
  values: 500,
  /** Characters of one value. */
  valueLength: 2000,
  /** Codes that `:in`, `:not-in`, `:above` and `:below` may come to. */
  codes: 2000,
  /** Links of a chain, and of `_has`. */
  chainDepth: 1,
  /** Types that a chain without a type (`target.name`) is tried on. */
  chainTargets: 20,
  /** `_include` and `_revinclude` together. */
  includes: 20,
  /** Keys of `_sort`. */
  sortKeys: 5,
  /** Matches on a page; what asks for more gets this many. */
  maxCount: 1000,
  /** Matches on a page where `_count` is absent. */
  defaultCount: 50,
} as const;

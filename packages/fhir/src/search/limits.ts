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
  /** Links of one parameter, by chain and `_has` together. */
  chainDepth: 5,
  /** Types that a link without a type (`target.name`) is tried on. */
  chainTargets: 20,
  /** Links of all parameters together, counted once for each type that they are tried on. */
  chainBranches: 60,
  /** The same over all types that a search of the system is on: enough for one link on every type. */
  systemBranches: 300,
  /** Values of all parameters, counted once for each type that a search of the system is on. */
  systemValues: 50_000,
  /** `_include` and `_revinclude` together. */
  includes: 20,
  /** Steps that `:iterate` goes beyond the matches. An answer that ends here says that it is incomplete. */
  includeDepth: 8,
  /** Resources that are included on a page. */
  included: 1000,
  /** References that are looked for on a page, by `_revinclude` with a wildcard: matches times parameters. */
  includeTerms: 50_000,
  /** Keys of `_sort`. */
  sortKeys: 5,
  /** Matches on a page; what asks for more gets this many. */
  maxCount: 1000,
  /** Matches on a page where `_count` is absent. */
  defaultCount: 50,
} as const;

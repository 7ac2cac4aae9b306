/** What an expression and its evaluation may take at most. */
export const fhirPathLimits = {
  /** Characters of an expression. */
  expression: 20_000,
  /** Parts of an expression inside each other. */
  depth: 100,
  /** Steps of a path, or operators of a chain such as `a or b or c`. */
  levels: 500,
  /** Steps of an evaluation, where its environment says nothing else. */
  steps: 1_000_000,
  /** Characters of a string that an evaluation makes. */
  string: 1_000_000,
  /** Characters of a regular expression. */
  regex: 1_000,
  /** Instructions of a compiled regular expression. */
  regexProgram: 10_000,
} as const;

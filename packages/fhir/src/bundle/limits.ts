/** What one batch or transaction may hold at most. */
export const bundleLimits = {
  /** Entries of one batch or transaction. */
  entries: 5000,
  /** Issues that one refusal lists. */
  issues: 50,
} as const;

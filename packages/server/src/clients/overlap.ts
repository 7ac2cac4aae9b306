/** How long what was replaced may go on being good, seconds. */
export const longestOverlap = 30 * 24 * 3600;

/** Where nothing else is asked, seconds. */
export const defaultOverlap = 24 * 3600;

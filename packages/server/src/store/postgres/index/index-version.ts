/**
 * The version of what the index holds of a resource. Count it up when `index-row.ts` puts other rows in for the same
 * resource: what was stored before is then indexed anew, in the background, at the next start.
 */
export const indexVersion = 5;

import { validationLimits } from './report.ts';

/**
 * Whether JSON lies deeper than any resource whose elements are within the limit: each may be in an array. What does is
 * not walked into; it is looked at level by level, so that no depth is a danger.
 */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > 2 * validationLimits.depth) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}

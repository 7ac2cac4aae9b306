import type { Grant } from './grant.ts';

/** How long one emergency may last, in ms. */
export const maxEmergency = 4 * 60 * 60 * 1000;

/** Characters of a reason that say at least something. */
const minReason = 8;

/**
 * Why a grant's emergency does not hold, or undefined where it does. What does not hold is refused as a whole: an
 * answer that silently shows less would be read as "there is nothing".
 * @param now ms since the epoch
 */
export function emergencyRefusal({ user, breakGlass }: Grant, now: number): string | undefined {
  if (!breakGlass) return undefined;
  const { reason, from, until } = breakGlass;
  if (!user) return 'Emergency access needs a user who signed in. Launch with user/ scopes.';
  if (reason.trim().length < minReason) return 'Emergency access needs a reason in words. Say why, and ask again.';
  if (until - from > maxEmergency) return 'Emergency access may last 4 hours at most. Ask for a shorter time.';
  if (now < from || now >= until)
    return 'The time of this emergency access is over. Ask for it again, with the reason.';
  return undefined;
}

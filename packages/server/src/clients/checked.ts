import type { Client } from '../store/gate-ports.ts';
import { defaultPolicy } from './policy.ts';

/**
 * Whether an administrator looked at the client and approved it. The policy decides as a client registers; whatever
 * people decide later counts the epoch up, and has no reason of the policy's. What came with the site was checked.
 */
export function isChecked({ status, epoch, reason, registrationTokenHash }: Client): boolean {
  const isByPolicy = epoch === 0 || defaultPolicy.some((rule) => rule.reason === reason);
  return status === 'approved' && (registrationTokenHash === undefined || !isByPolicy);
}

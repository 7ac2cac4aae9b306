import type { Client } from '../store/gate-ports.ts';
import type { ClientLife } from '../store/registration-ports.ts';

/**
 * Whether an administrator looked at the client and approved it, and not the policy as it registered. What came with the
 * site was checked.
 */
export function isChecked({ status, registrationTokenHash, approved }: Client & Partial<ClientLife>): boolean {
  const isByPolicy = approved?.by === undefined || approved.by.startsWith('policy:');
  return status === 'approved' && (registrationTokenHash === undefined || !isByPolicy);
}

import type { TransactionBundle } from './bundle.ts';
import { networkOf } from './network.ts';

export type SupportingOptions = { readonly seed: string | number };

/**
 * The organizations, locations, practitioners and roles that the patients of the same seed refer to, as one transaction.
 * Send it first. Each entry is created only if none with its identifier exists, so a second load creates nothing.
 */
export function supportingBundle({ seed }: SupportingOptions): TransactionBundle {
  return { resourceType: 'Bundle', type: 'transaction', entry: networkOf(String(seed)).entries };
}

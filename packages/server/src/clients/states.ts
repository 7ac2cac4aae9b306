import type { ClientStatus } from '../store/gate-ports.ts';

/** What an administrator can do with a client. */
export type ClientAction = 'approve' | 'suspend' | 'revoke';

/** pending → approved ⇄ suspended; each of them → revoked, which is final. */
export const transitions: Readonly<
  Record<ClientAction, { readonly from: readonly ClientStatus[]; readonly to: ClientStatus }>
> = {
  approve: { from: ['pending', 'suspended'], to: 'approved' },
  suspend: { from: ['approved'], to: 'suspended' },
  revoke: { from: ['pending', 'approved', 'suspended'], to: 'revoked' },
};

import type { ClientStatus } from '../store/gate-ports.ts';

/** What an administrator can do with a client. */
export type ClientAction = 'approve' | 'reject' | 'suspend' | 'revoke';

/**
 * pending → approved ⇄ suspended; each of them → revoked, which is final. A rejected client is a revoked one that was
 * never let in, or not again; an approved one goes back to pending when it changes or its approval runs out.
 */
export const transitions: Readonly<
  Record<ClientAction, { readonly from: readonly ClientStatus[]; readonly to: ClientStatus }>
> = {
  approve: { from: ['pending', 'suspended'], to: 'approved' },
  reject: { from: ['pending'], to: 'revoked' },
  suspend: { from: ['approved'], to: 'suspended' },
  revoke: { from: ['pending', 'approved', 'suspended'], to: 'revoked' },
};

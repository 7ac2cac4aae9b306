import type { GateSite } from '../oauth/gate.ts';
import type { Client } from '../store/gate-ports.ts';
import type { ClientDecision, DecisionAction } from '../store/registration-ports.ts';

/** The client as its owner sees it. @see https://www.rfc-editor.org/rfc/rfc7591#section-3.2.1 */
export function clientMetadataJson(client: Client, site: GateSite) {
  const { approvalExpiresAt } = client;
  return {
    client_id: client.clientId,
    client_id_issued_at: Math.floor(client.createdAt / 1000),
    registration_client_uri: `${site.issuer}/client/${client.clientId}`,
    status: client.status,
    ...(client.reason === undefined ? {} : { reason: client.reason }),
    warnings: client.warnings,
    ...client.metadata,
    ...(client.status === 'approved' ? { granted_scope: client.grantedScope } : {}),
    ...(approvalExpiresAt === undefined ? {} : { approval_expires_at: new Date(approvalExpiresAt).toISOString() }),
  };
}

const told: readonly DecisionAction[] = ['approve', 'reject', 'ask', 'suspend', 'revoke', 'expire'];

/** What administrators let the owner know: decisions, reasons and questions; not who of them it was. */
export function messagesOf(history: readonly ClientDecision[]) {
  return history
    .filter(({ action }) => told.includes(action))
    .map(({ at, action, reason }) => ({ time: new Date(at).toISOString(), action, text: reason ?? null }));
}

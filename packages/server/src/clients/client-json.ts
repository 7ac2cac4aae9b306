import type { GateSite } from '../oauth/gate.ts';
import type { Client } from '../store/gate-ports.ts';

/** The client as its owner sees it. @see https://www.rfc-editor.org/rfc/rfc7591#section-3.2.1 */
export function clientMetadataJson(client: Client, site: GateSite) {
  return {
    client_id: client.clientId,
    client_id_issued_at: Math.floor(client.createdAt / 1000),
    registration_client_uri: `${site.issuer}/client/${client.clientId}`,
    status: client.status,
    warnings: client.warnings,
    ...client.metadata,
    ...(client.status === 'approved' ? { granted_scope: client.grantedScope } : {}),
  };
}

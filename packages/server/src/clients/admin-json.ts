import type { Client } from '../store/gate-ports.ts';
import type { ClientLife } from '../store/registration-ports.ts';

/** The client as administrators see it. */
export function adminJson(client: Client & ClientLife) {
  const { client_name, token_endpoint_auth_method, grant_types, contacts, redirect_uris, jwks, jwks_uri } =
    client.metadata;
  return {
    client_id: client.clientId,
    client_name: client_name ?? null,
    status: client.status,
    scope: client.scope,
    granted_scope: client.grantedScope,
    token_endpoint_auth_method,
    grant_types,
    contacts: contacts ?? [],
    redirect_uris: redirect_uris ?? [],
    ...(jwks === undefined ? {} : { jwks }),
    ...(jwks_uri === undefined ? {} : { jwks_uri }),
    warnings: client.warnings,
    created_at: time(client.createdAt),
    decided_at: client.decidedAt === undefined ? null : time(client.decidedAt),
    reason: client.reason ?? null,
    version: client.version,
    ...lifeJson(client),
  };
}

function lifeJson({ waiting, registeredBy, approvalExpiresAt, firstApproval }: ClientLife) {
  return {
    ...(waiting === undefined ? {} : { waiting_since: time(waiting.since), waiting_for: waiting.for }),
    ...(registeredBy === undefined ? {} : { registered_by: registeredBy }),
    ...(approvalExpiresAt === undefined ? {} : { approval_expires_at: time(approvalExpiresAt) }),
    ...(firstApproval === undefined
      ? {}
      : { first_approval: { by: firstApproval.by, at: time(firstApproval.at), scope: firstApproval.scope } }),
  };
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}

import type { GateAnswer, GateRequest } from '../oauth/exchange.ts';
import { privateJson } from '../oauth/exchange.ts';
import type { Gate } from '../oauth/gate.ts';
import { OAuthError, refusalAnswer } from '../oauth/oauth-error.ts';
import { bearerToken, isGateId, matchesHash } from '../oauth/secret.ts';
import { clientMetadataJson } from './client-json.ts';

/**
 * `GET registration_client_uri`: the client's metadata and present status, for the holder of its registration access
 * token. A wrong token and an unknown client look the same. @see https://www.rfc-editor.org/rfc/rfc7592#section-2.1
 */
export async function showRegisteredClient(gate: Gate, request: GateRequest): Promise<GateAnswer> {
  const site = await gate.site(request.site);
  if (!site) return refusalAnswer(new OAuthError('unknown-site'));
  const token = bearerToken(request.headers.authorization);
  const clientId = request.parameters.client ?? '';
  const client = isGateId(clientId) ? await site.store.clients.find(clientId) : undefined;
  if (!client?.registrationTokenHash || token === undefined || !matchesHash(token, client.registrationTokenHash)) {
    const headers = { 'www-authenticate': 'Bearer realm="registration", error="invalid_token"' };
    return refusalAnswer(new OAuthError('registration-token', { headers }));
  }
  return privateJson(200, clientMetadataJson(client, site));
}

import type { Refuse } from '../oauth/endpoint.ts';
import { type Exchange, type GateAnswer, privateJson } from '../oauth/exchange.ts';
import { refusalAnswer } from '../oauth/oauth-error.ts';
import type { ClientMetadata } from '../store/gate-ports.ts';

/**
 * The answer to a registration: 201, or OpenEMR's 200 with its members where the site is to be like OpenEMR.
 * @see https://www.rfc-editor.org/rfc/rfc7591#section-3.2.1
 */
export function registeredAnswer(x: Exchange, metadata: ClientMetadata, body: object): GateAnswer {
  if (x.settings.compatibility !== 'openemr') return privateJson(201, body);
  return privateJson(200, { client_secret: '', client_secret_expires_at: 0, ...body, client_role: roleOf(metadata) });
}

/** A refused registration; OpenEMR says it in `message` and `hint` as well. */
export const refuseRegistration: Refuse = (x, refusal, ticket) => {
  const answer = refusalAnswer(refusal, ticket);
  if (x.settings.compatibility !== 'openemr') return answer;
  return { ...answer, body: { ...(answer.body as object), message: refusal.message, hint: refusal.advice } };
};

/** OpenEMR calls a confidential client's role `user`, and any other's `patient`. */
function roleOf({ application_type, token_endpoint_auth_method }: ClientMetadata): 'user' | 'patient' {
  const isConfidential = application_type === 'private' || (application_type ?? 'web') === 'web';
  return isConfidential && token_endpoint_auth_method !== 'none' ? 'user' : 'patient';
}

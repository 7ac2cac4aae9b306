import { endpoint } from '../oauth/endpoint.ts';
import { type Exchange, type GateAnswer, privateJson } from '../oauth/exchange.ts';
import { newSecret, secretHash } from '../oauth/secret.ts';
import { change, ownedClient, ownerSteps, refuseOwner, requireChangeable, shownClient } from './owner.ts';
import { replaceMetadata, replacementSteps } from './replace-metadata.ts';

/**
 * `registration_client_uri`: the client's metadata and present status, their replacement, and the client's end, for the
 * holder of its registration access token. @see https://www.rfc-editor.org/rfc/rfc7592#section-2
 */
export const registeredClient = endpoint(
  'client',
  [
    ...ownerSteps('GET, PUT, DELETE'),
    { choose: (x) => (x.request.method === 'PUT' ? [requireChangeable, ...replacementSteps] : []) },
  ],
  async (x) => {
    if (x.request.method === 'DELETE') return deleteClient(x);
    return x.request.method === 'PUT' ? replaceMetadata(x, ownedClient(x)) : shownClient(x, ownedClient(x));
  },
  refuseOwner,
);

/**
 * The client is revoked and its credentials are forgotten; the row stays for a while, so that nobody registers and
 * deletes without end, or takes the history away. @see https://www.rfc-editor.org/rfc/rfc7592#section-2.3
 */
async function deleteClient(x: Exchange): Promise<GateAnswer> {
  await change(
    x,
    {
      status: 'revoked',
      secretHash: null,
      previousSecret: null,
      retiredKeys: [],
      registrationTokenHash: secretHash(newSecret()),
      waiting: null,
      firstApproval: null,
      approvalExpiresAt: null,
      deletedAt: x.now,
      reason: 'deleted by its owner',
      endsTokens: true,
    },
    'delete',
  );
  return privateJson(204, undefined);
}

/** `POST …/registration-token`: a new registration access token; the one that asked is good no longer. */
export const rotateRegistrationToken = endpoint(
  'client',
  ownerSteps('POST'),
  async (x) => {
    const token = newSecret();
    const client = await change(x, { registrationTokenHash: secretHash(token) }, 'rotate-registration-token');
    return privateJson(200, {
      client_id: client.clientId,
      registration_client_uri: `${x.site.issuer}/client/${client.clientId}`,
      registration_access_token: token,
    });
  },
  refuseOwner,
);

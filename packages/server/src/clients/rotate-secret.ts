import { z } from 'zod';
import { check, endpoint } from '../oauth/endpoint.ts';
import { privateJson } from '../oauth/exchange.ts';
import { readJsonObject } from '../oauth/json.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { newSecret, secretHash } from '../oauth/secret.ts';
import { defaultOverlap, longestOverlap } from './overlap.ts';
import { change, ownedClient, ownerSteps, refuseOwner, requireChangeable } from './owner.ts';
import { limitRegistrations } from './registration-body.ts';

const rotation = z.strictObject({
  overlap: z.int().min(0).max(longestOverlap).default(defaultOverlap).describe('seconds'),
});

const requireSecretInUse = check('client has a secret', (x) => {
  if (!ownedClient(x).secretHash) {
    throw new OAuthError('metadata', { description: 'This client has no secret that could be replaced.' });
  }
});

/**
 * `POST {registration_client_uri}/secret`: a new secret at once, beside which the old one is good for `overlap`
 * seconds. The answer shows it once.
 */
export const rotateSecret = endpoint(
  'client',
  [...ownerSteps('POST'), requireChangeable, limitRegistrations, requireSecretInUse],
  async (x) => {
    const sent = x.request.body.trim() === '' ? {} : readJsonObject(x.request.body);
    const read = rotation.safeParse(sent);
    if (!read.success) {
      throw new OAuthError('metadata', { description: `overlap must be seconds, at most ${longestOverlap}.` });
    }
    const until = x.now + read.data.overlap * 1000;
    const hash = ownedClient(x).secretHash;
    const secret = newSecret();
    const previousSecret = hash && read.data.overlap > 0 ? { hash, until } : null;
    const { clientId } = await change(x, { secretHash: secretHash(secret), previousSecret }, 'rotate-secret', {
      overlap: read.data.overlap,
    });
    x.gate.registrations.count(x.request.remoteAddress);
    return privateJson(200, {
      client_id: clientId,
      client_secret: secret,
      client_secret_expires_at: 0,
      previous_secret_expires_at: Math.floor(until / 1000),
    });
  },
  refuseOwner,
);

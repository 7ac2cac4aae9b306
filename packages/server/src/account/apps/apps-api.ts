import { z } from 'zod';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { iso } from '../account-json.ts';
import { api, json } from '../api.ts';
import { ownerOf, requireSessionToken } from '../signed-in.ts';
import { allowedApps, removeApp } from './allowed-apps.ts';

const ownApps = z.strictObject({
  apps: z.array(
    z.strictObject({
      client_id: z.string(),
      client_name: z.string(),
      patient: z.string().nullable().describe('logical id; null: of no patient in particular'),
      patient_name: z.string().nullable(),
      scope: z.string(),
      description: z.array(z.string()).describe('the scope in words'),
      since: z.iso.datetime(),
      last_used: z.iso.datetime().nullable(),
    }),
  ),
});

const removedApp = z.strictObject({ tokens_revoked: z.int().describe('access tokens that died with this') });

/** `GET {base}/apis/{site}/account/me/apps`: the apps that a user let in. */
export const listOwnApps = api({
  name: 'account/me/apps',
  method: 'GET',
  steps: [requireSessionToken],
  answer: async (x) => {
    const apps = await allowedApps(x, ownerOf(x));
    const listed = apps.map((app) => ({
      client_id: app.clientId,
      client_name: app.name,
      patient: app.patient?.id ?? null,
      patient_name: app.patient?.name ?? null,
      scope: app.scope,
      description: [...app.words],
      since: iso(app.since),
      last_used: app.lastUsedAt === undefined ? null : iso(app.lastUsedAt),
    }));
    return json(200, ownApps, { apps: listed });
  },
});

/** `DELETE {base}/apis/{site}/account/me/apps/{client_id}`: takes back all that was given to an app. */
export const removeOwnApp = api({
  name: 'account/me/apps',
  method: 'DELETE',
  steps: [requireSessionToken],
  answer: async (x) => {
    const killed = await removeApp(x, ownerOf(x), x.request.parameters.client ?? '');
    if (killed === undefined) throw new OAuthError('app-unknown');
    return json(200, removedApp, { tokens_revoked: killed });
  },
});

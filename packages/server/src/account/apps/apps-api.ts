import { z } from 'zod';
import { check, endpoint, type Step } from '../../oauth/endpoint.ts';
import { privateJson } from '../../oauth/exchange.ts';
import { limitFailures } from '../../oauth/form.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { requireSessionToken, signedInAt } from '../signed-in.ts';
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

function ownSteps(method: 'GET' | 'DELETE'): readonly Step[] {
  return [
    check(`method is ${method}`, ({ request }) => {
      if (request.method !== method) throw new OAuthError('method', { headers: { allow: method } });
    }),
    limitFailures,
    requireSessionToken,
  ];
}

/** `GET {base}/apis/{site}/account/me/apps`: the apps that a user let in. */
export const listOwnApps = endpoint('account/me/apps', ownSteps('GET'), async (x) => {
  const apps = await allowedApps(x, signedInAt(x).account);
  const listed = apps.map((app) => ({
    client_id: app.clientId,
    client_name: app.name,
    patient: app.patient?.id ?? null,
    patient_name: app.patient?.name ?? null,
    scope: app.scope,
    description: app.words,
    since: new Date(app.since).toISOString(),
    last_used: app.lastUsedAt === undefined ? null : new Date(app.lastUsedAt).toISOString(),
  }));
  return privateJson(200, ownApps.parse({ apps: listed }));
});

/** `DELETE {base}/apis/{site}/account/me/apps/{client_id}`: takes back all that was given to an app. */
export const removeOwnApp = endpoint('account/me/apps', ownSteps('DELETE'), async (x) => {
  const killed = await removeApp(x, signedInAt(x).account, x.request.parameters.client ?? '');
  if (killed === undefined) throw new OAuthError('app-unknown');
  return privateJson(200, removedApp.parse({ tokens_revoked: killed }));
});

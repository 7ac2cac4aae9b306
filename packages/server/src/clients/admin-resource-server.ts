import { z } from 'zod';
import { OAuthError } from '../oauth/oauth-error.ts';
import { admin, adminMethods, bodyOf, read, requestedClient } from './admin.ts';

/** Whether a client is a resource server, which may ask about the access tokens of all clients (RFC 7662). */
export const resourceServerJson = z.strictObject({ resource_server: z.boolean() });

const showResourceServer = admin('GET', async (call) => {
  const { isResourceServer } = await requestedClient(call);
  return resourceServerJson.parse({ resource_server: isResourceServer === true });
});

const setResourceServer = admin('PUT', async (call) => {
  const { resource_server } = read(resourceServerJson, bodyOf(call.request));
  const { clientId } = await requestedClient(call);
  const client = await call.site.store.clients.setResourceServer(clientId, resource_server);
  if (!client) throw new OAuthError('admin-unknown');
  call.site.forget({ clientId });
  return resourceServerJson.parse({ resource_server: client.isResourceServer === true });
});

/** `{base}/apis/{site}/admin/clients/{client_id}/resource-server`. Nothing that a client registers makes it one. */
export const resourceServer = adminMethods({ GET: showResourceServer, PUT: setResourceServer });

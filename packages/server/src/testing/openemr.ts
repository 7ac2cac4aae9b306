import type { Answer, Json, TestGate } from './gate.ts';

/** Sets the site's settings, as an administrator does. */
export async function setSettings(node: TestGate, settings: Json, site = 'default'): Promise<void> {
  const { statusCode, body } = await node.app.inject({
    method: 'PATCH',
    url: `/apis/${site}/admin/settings`,
    headers: { authorization: `Bearer ${node.adminToken}`, 'content-type': 'application/json' },
    payload: JSON.stringify(settings),
  });
  if (statusCode !== 200) throw new Error(body);
}

/** Registers a client in whichever dialect the site speaks (201, or OpenEMR's 200), and has an administrator enable it. */
export async function enabledClient(node: TestGate, metadata: Json): Promise<Json> {
  const { status, json } = await node.register(metadata);
  if (status !== 201 && status !== 200) throw new Error(JSON.stringify(json));
  if (json.status === 'pending') await enable(node, json.client_id);
  return json;
}

/** Clicks Enable. */
export async function enable(node: TestGate, clientId: string): Promise<void> {
  const { status, json } = await node.postJson(`/apis/default/admin/clients/${clientId}/approve`, {}, node.adminToken);
  if (status !== 200) throw new Error(JSON.stringify(json));
}

/** A form to the token endpoint. @param basic by HTTP Basic; else what the form says */
export function tokenForm(node: TestGate, form: Record<string, string>, basic?: Json): Promise<Answer> {
  const credentials = basic && Buffer.from(`${basic.client_id}:${basic.client_secret}`).toString('base64');
  return node.postForm(
    '/oauth2/default/token',
    form,
    credentials === undefined ? {} : { authorization: `Basic ${credentials}` },
  );
}

import type { Answer, Json, TestGate } from './gate.ts';

const admin = '/apis/default/admin';

/** Requests about clients, as their owners and administrators make them. */
export function clientCalls(node: TestGate) {
  async function call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    bearer?: string,
    body?: unknown,
  ): Promise<Answer> {
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    };
    const payload = body === undefined ? {} : { payload: JSON.stringify(body) };
    const answer = await node.app.inject({ method, url, headers, ...payload });
    return { status: answer.statusCode, headers: answer.headers, json: answer.body === '' ? {} : answer.json() };
  }
  const own = (client: Json, suffix = '') => `/oauth2/default/client/${client.client_id}${suffix}`;

  return {
    call,
    set: (settings: object) => call('PATCH', `${admin}/settings`, node.adminToken, settings),
    /** An administrator's request below `/admin/`. */
    admin: (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, token = node.adminToken) =>
      call(method, `${admin}/${path}`, token, body),
    decide: (client: Json, action: string, body: object = {}, token = node.adminToken) =>
      call('POST', `${admin}/clients/${client.client_id}/${action}`, token, body),
    read: (client: Json, token: string = client.registration_access_token) => call('GET', own(client), token),
    replace: (client: Json, metadata: object, token: string = client.registration_access_token) =>
      call('PUT', own(client), token, { client_id: client.client_id, ...metadata }),
    remove: (client: Json, token: string = client.registration_access_token) => call('DELETE', own(client), token),
    rotate: (client: Json, what: 'secret' | 'registration-token', body: object = {}, token?: string) =>
      call('POST', own(client, `/${what}`), token ?? client.registration_access_token, body),
    registerWith: (token: string | undefined, metadata: object) =>
      call('POST', '/oauth2/default/registration', token, metadata),
  };
}

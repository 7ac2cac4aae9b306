import { type HttpClient, httpClient, requireStatus } from './http-client.ts';
import type { ServerProcess } from './server-process.ts';

/** An access token for everything, asked anew before it expires. */
export function accessToken(server: ServerProcess): () => Promise<string> {
  let current: { token: Promise<string>; until: number } | undefined;
  const client = httpClient(server.origin, 1);
  return () => {
    if (!current || Date.now() > current.until) {
      current = { token: ask(server, client), until: Date.now() + 200_000 };
    }
    return current.token;
  };
}

async function ask(server: ServerProcess, client: HttpClient): Promise<string> {
  const answer = await client.send({
    method: 'POST',
    path: `/apis/${server.site}/admin/tokens`,
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ scope: 'system/*.cruds' }),
  });
  if (answer.status !== 201) requireStatus(answer, 200, 'The admin token for FHIR calls');
  return (JSON.parse(answer.body) as { access_token: string }).access_token;
}

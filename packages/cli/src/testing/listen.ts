import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { type Peer, type PeerOptions, peer } from '@chartgate/client/testing';

/** The peer behind a real HTTP listener on this machine, closed when the file's tests are over. */
export async function listeningPeer(
  options: Omit<PeerOptions, 'origin'> = {},
): Promise<Peer & { readonly url: string }> {
  let behind: Peer | undefined;
  const server: Server = createServer(async (request, response) => {
    const answer = await behind!.fetch(await requestFrom(request, `http://localhost:${port}`));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((ready) => server.listen(0, ready));
  const { port } = server.address() as AddressInfo;
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  behind = peer({ ...options, origin: `http://localhost:${port}` });
  return Object.assign(behind, { url: `http://localhost:${port}` });
}

async function requestFrom(request: IncomingMessage, origin: string): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string]);
  const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
  return new Request(`${origin}${request.url}`, { method: request.method ?? 'GET', headers, ...body });
}

import { Agent, request } from 'node:http';

export type HttpAnswer = { readonly status: number; readonly body: string };

export type HttpRequest = {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

/** Sends requests to one server over connections that are kept. */
export type HttpClient = {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
};

/** @param connections how many at most at once */
export function httpClient(origin: string, connections: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(origin);
  return {
    send: ({ method = 'GET', path, headers, body }) =>
      new Promise((resolve, reject) => {
        const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
        const outgoing = request(
          { agent, hostname, port, method, path, headers: { ...headers, ...length } },
          (incoming) => {
            const chunks: Buffer[] = [];
            incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
            incoming.on('error', reject);
            incoming.on('end', () => {
              resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
            });
          },
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** @throws Error that quotes the answer, where its status is another */
export function requireStatus(answer: HttpAnswer, status: number, what: string): HttpAnswer {
  if (answer.status === status) return answer;
  throw new Error(`${what}: expected ${status}, got ${answer.status}: ${answer.body.slice(0, 500)}`);
}

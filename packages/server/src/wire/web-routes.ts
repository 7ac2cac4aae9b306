import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { type WebAsset, type WebFiles, webEntries } from '../web/built-files.ts';
import { shell } from '../web/shell.ts';

export type WebParts = {
  readonly publicUrl: string;
  /** undefined: the app was not built. */
  readonly files: WebFiles | undefined;
  readonly defaultSite: string;
  readonly isSite: (name: string) => boolean;
};

/** A developer's tool asks any server for an answer; the other pages have nothing to ask elsewhere. */
const anyServer = ['https:', 'http:'];

/** The web app: one page an entry, whatever follows in the path, and the files that never change. */
export function webRoutes({ publicUrl, files, defaultSite, isSite }: WebParts): FastifyPluginAsync {
  return async (app) => {
    for (const entry of webEntries) {
      const html = files?.entries.get(entry);
      const show = (request: FastifyRequest, reply: FastifyReply) => {
        if (html === undefined) return reply.code(503).type('text/plain; charset=utf-8').send(notBuilt);
        const named = (request.params as { '*'?: string })['*']?.split('/')[0] ?? '';
        const place = { publicUrl, site: isSite(named) ? named : defaultSite };
        const reach = entry === 'playground' ? anyServer : [];
        const { body, headers, cookies } = shell(html, { headers: request.headers as Headers, place, reach });
        return reply
          .headers(headers)
          .header('set-cookie', [...cookies])
          .send(body);
      };
      app.get(`/${entry}`, show);
      app.get(`/${entry}/*`, show);
    }
    app.get('/web-assets/:name', (request, reply) => {
      const asset = files?.assets.get((request.params as { name: string }).name);
      return asset
        ? sendAsset(asset, request, reply)
        : reply.code(404).type('text/plain').send('There is no such file.');
    });
  };
}

const notBuilt = 'The web app was not built. Run: npm run build -w packages/web, and start the server again.\n';

function sendAsset({ type, bytes, compressed }: WebAsset, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.headers({
    'content-type': type,
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    vary: 'accept-encoding',
  });
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const coding = (['br', 'gzip'] as const).find((one) => accepted.includes(one) && compressed[one]);
  if (coding === undefined) return reply.send(bytes);
  return reply.header('content-encoding', coding).send(compressed[coding]);
}

type Headers = Readonly<Record<string, string | undefined>>;

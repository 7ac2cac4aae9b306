import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Characters below which compressing gains nothing: such an answer fits into one packet. */
const smallest = 1400;

/** Characters from which an answer is made bytes here: node:http takes several times as long to write a long text. */
const long = 16_384;

const compressors = {
  br: (text: string) => promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (text: string) => promisify(gzip)(text, { level: 5 }),
} as const;

type Encoding = keyof typeof compressors;

/**
 * Compresses text answers for who accepts it, off the main thread. Nothing secret stands beside what a stranger chose
 * in them: tokens travel in headers, so their length tells nothing.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
 */
export function compressAnswers(app: FastifyInstance): void {
  app.addHook('onSend', (request: FastifyRequest, reply: FastifyReply, payload: unknown, done) => {
    if (typeof payload !== 'string') return done(null, payload);
    const encoding = encodingFor(request, reply, payload);
    if (encoding === undefined) return done(null, payload.length < long ? payload : Buffer.from(payload));
    compressors[encoding](payload).then(
      (bytes) => {
        reply.header('content-encoding', encoding).header('content-length', bytes.length);
        done(null, bytes);
      },
      (error) => done(error),
    );
  });
}

function encodingFor(request: FastifyRequest, reply: FastifyReply, payload: string): Encoding | undefined {
  if (payload.length < smallest || request.method === 'HEAD') return undefined;
  reply.header('vary', [reply.getHeader('vary'), 'Accept-Encoding'].filter(Boolean).join(', '));
  return preferredEncoding(request.headers['accept-encoding']);
}

/** The best of ours that the header takes; br before gzip where it likes both the same. */
export function preferredEncoding(accept: string | undefined): Encoding | undefined {
  if (accept === undefined) return undefined;
  const wishes = new Map(
    accept
      .toLowerCase()
      .split(',')
      .map((part) => {
        const [name = '', quality] = part.split(';').map((piece) => piece.trim());
        const weight = quality?.startsWith('q=') ? Number(quality.slice(2)) : 1;
        return [name, weight] as const;
      }),
  );
  const weightOf = (name: Encoding) => wishes.get(name) ?? wishes.get('*') ?? 0;
  const [best] = (['br', 'gzip'] as const).toSorted((a, b) => weightOf(b) - weightOf(a));
  return best !== undefined && weightOf(best) > 0 ? best : undefined;
}

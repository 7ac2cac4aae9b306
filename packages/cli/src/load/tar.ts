import { exitCodes, Failure } from '../failure.ts';

/** A file in a tar archive. Its body must be read, or skipped by going on to the next, before the next is asked for. */
export type TarEntry = { readonly name: string; readonly size: number; readonly body: AsyncIterable<Buffer> };

const block = 512;

/** Longest name or pax header taken, bytes. */
const headerLimit = 1 << 20;

/**
 * The regular files of a tar archive (ustar, pax and GNU names), one after the other.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 */
export async function* tarEntries(chunks: AsyncIterable<Buffer>): AsyncGenerator<TarEntry, void> {
  const input = byteReader(chunks);
  let longName: string | undefined;
  for (;;) {
    const header = await input.take(block);
    if (!header || header.every((byte) => byte === 0)) return;
    const size = sizeOf(header);
    const kind = String.fromCharCode(header[156]!);
    const padding = (block - (size % block)) % block;
    if (kind === 'x' || kind === 'L') {
      if (size > headerLimit) throw broken('a name in it is too long');
      const text = ((await input.take(size)) ?? Buffer.alloc(0)).toString('utf8');
      longName = kind === 'L' ? text.replace(/\0.*$/s, '') : (paxPath(text) ?? longName);
      await input.take(padding);
      continue;
    }
    let left = size;
    const body = input.some(size, (taken) => {
      left -= taken;
    });
    if (kind === '0' || kind === '\0') yield { name: longName ?? nameOf(header), size, body };
    longName = undefined;
    await input.skip(left + padding);
  }
}

function byteReader(chunks: AsyncIterable<Buffer>) {
  const source = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  /** Up to `most` bytes that come next; undefined at the end. */
  async function next(most: number): Promise<Buffer | undefined> {
    while (rest.length === 0) {
      const { done, value } = await source.next();
      if (done) return undefined;
      rest = value;
    }
    const piece = rest.subarray(0, most);
    rest = rest.subarray(piece.length);
    return piece;
  }

  async function take(count: number): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    for (let left = count; left > 0; ) {
      const piece = await next(left);
      if (!piece && pieces.length === 0) return undefined;
      if (!piece) throw broken('it ends too soon');
      pieces.push(piece);
      left -= piece.length;
    }
    return Buffer.concat(pieces);
  }

  async function* some(count: number, onTaken: (bytes: number) => void): AsyncGenerator<Buffer, void> {
    for (let left = count; left > 0; ) {
      const piece = await next(left);
      if (!piece) throw broken('it ends too soon');
      left -= piece.length;
      onTaken(piece.length);
      yield piece;
    }
  }

  async function skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const piece = await next(left);
      if (!piece) throw broken('it ends too soon');
      left -= piece.length;
    }
  }
  return { take, some, skip };
}

function nameOf(header: Buffer): string {
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? text(header, 345, 155) : '';
  return prefix ? `${prefix}/${text(header, 0, 100)}` : text(header, 0, 100);
}

function text(header: Buffer, at: number, length: number): string {
  return header.toString('utf8', at, at + length).replace(/\0.*$/s, '');
}

/** The size: octal digits, or GNU's binary form for files of 8 GiB and more. */
function sizeOf(header: Buffer): number {
  const size =
    header[124]! & 0x80 ? header.readUIntBE(130, 6) : Number.parseInt(text(header, 124, 12).trim() || '0', 8);
  if (!Number.isSafeInteger(size) || size < 0 || !hasChecksum(header)) throw broken('a header in it is damaged');
  return size;
}

function hasChecksum(header: Buffer): boolean {
  let sum = 0;
  for (let at = 0; at < block; at++) sum += at >= 148 && at < 156 ? 32 : header[at]!;
  return sum === Number.parseInt(text(header, 148, 8).trim(), 8);
}

/** The `path` record of a pax header: `LENGTH path=NAME`. */
function paxPath(records: string): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(records)?.[1];
}

const broken = (why: string) => new Failure(exitCodes.failed, 'filesystem', `not a whole tar archive: ${why}`);

import { packageLimits } from './limits.ts';
import { PackageError } from './package-error.ts';

/** A file of an archive. */
export type TarFile = { readonly name: string; readonly bytes: Buffer };

const block = 512;
const longestName = 4096;

/**
 * The regular files of a tar archive (ustar, pax and GNU names) that are wanted. Nothing is written anywhere, yet an
 * archive with a name that would lead out of its folder, or with links, is refused: nobody means well by it.
 * @throws {PackageError} for what is no whole archive, or breaks the limits
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 */
export async function* tarFiles(
  chunks: AsyncIterable<Buffer>,
  isWanted: (name: string) => boolean,
): AsyncGenerator<TarFile, void> {
  const input = byteReader(chunks);
  const seen = new Set<string>();
  let longName: string | undefined;
  for (let entries = 0; ; entries++) {
    const header = await input.take(block);
    if (header === undefined || header.every((byte) => byte === 0)) return;
    if (entries >= packageLimits.entries) throw tooMany();
    const size = sizeOf(header);
    const padding = (block - (size % block)) % block;
    const kind = String.fromCharCode(header[156] ?? 0);
    if (kind === 'x' || kind === 'L') {
      longName = longNameIn(kind, size > longestName ? undefined : await input.take(size)) ?? longName;
      await input.skip(padding);
      continue;
    }
    const name = requireSafe(longName ?? nameOf(header));
    longName = undefined;
    const isFile = kind === '0' || kind === '\0';
    if (!isFile && kind !== '5' && kind !== 'g') throw new PackageError('The archive has links or devices in it.');
    if (!isFile || !isWanted(name)) {
      await input.skip(size + padding);
      continue;
    }
    if (seen.has(name)) throw new PackageError(`The archive has the file ${name} twice.`);
    seen.add(name);
    if (size > packageLimits.file) throw new PackageError(`${name} is longer than ${packageLimits.file} bytes.`);
    const bytes = size === 0 ? Buffer.alloc(0) : await input.take(size);
    if (bytes === undefined) throw cutShort();
    await input.skip(padding);
    yield { name, bytes };
  }
}

/** Takes bytes from chunks, counting them against the limit. */
function byteReader(chunks: AsyncIterable<Buffer>) {
  const source = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  let total = 0;

  async function more(): Promise<boolean> {
    const { done, value } = await source.next();
    if (done) return false;
    total += value.length;
    if (total > packageLimits.unpacked) {
      throw new PackageError(`The archive unpacks to more than ${packageLimits.unpacked} bytes.`);
    }
    rest = value;
    return true;
  }

  return {
    /** Undefined at the end of the archive. */
    async take(count: number): Promise<Buffer | undefined> {
      const pieces: Buffer[] = [];
      for (let left = count; left > 0; ) {
        if (rest.length === 0 && !(await more())) {
          if (pieces.length === 0) return undefined;
          throw cutShort();
        }
        const piece = rest.subarray(0, left);
        rest = rest.subarray(piece.length);
        left -= piece.length;
        pieces.push(piece);
      }
      return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    },
    async skip(count: number): Promise<void> {
      for (let left = count; left > 0; ) {
        if (rest.length === 0 && !(await more())) throw cutShort();
        const skipped = Math.min(left, rest.length);
        rest = rest.subarray(skipped);
        left -= skipped;
      }
    },
  };
}

function longNameIn(kind: 'x' | 'L', bytes: Buffer | undefined): string | undefined {
  if (bytes === undefined) throw new PackageError('A name in the archive is too long.');
  const text = bytes.toString('utf8');
  return kind === 'L' ? text.replace(/\0.*$/s, '') : /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1];
}

function requireSafe(name: string): string {
  const segments = name.split(/[/\\]/);
  if (!name.startsWith('/') && !name.includes('\0') && !segments.includes('..') && !/^[a-z]:/i.test(name)) return name;
  throw new PackageError('The archive has a file whose name leads out of its folder.');
}

function nameOf(header: Buffer): string {
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? text(header, 345, 155) : '';
  return prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`;
}

function text(header: Buffer, at: number, length: number): string {
  return header.toString('utf8', at, at + length).replace(/\0.*$/s, '');
}

function sizeOf(header: Buffer): number {
  const digits = text(header, 124, 12).trim();
  if (!/^[0-7]{0,11}$/.test(digits) || !hasChecksum(header)) throw notTar();
  return Number.parseInt(digits || '0', 8);
}

function hasChecksum(header: Buffer): boolean {
  let sum = 0;
  for (let at = 0; at < block; at++) sum += at >= 148 && at < 156 ? 32 : (header[at] ?? 0);
  return sum === Number.parseInt(text(header, 148, 8).trim(), 8);
}

const notTar = () => new PackageError('This is no tar archive in gzip: a FHIR package is a .tgz file.');
const cutShort = () => new PackageError('The archive is cut short.');
const tooMany = () => new PackageError(`The archive has more than ${packageLimits.entries} entries.`);

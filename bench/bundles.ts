import { readFile } from 'node:fs/promises';
import { zstdDecompressSync } from 'node:zlib';
import { patients, supportingBundle } from '@chartgate/synth';

export type BundleEntry = { readonly resource: { readonly resourceType: string; readonly [member: string]: unknown } };

/** A transaction as it is sent, and how many resources it holds. */
export type SentBundle = { readonly body: Buffer; readonly entries: readonly BundleEntry[] };

/** What is loaded: first what the patients refer to, then the patients. */
export type Bundles = {
  readonly from: string;
  readonly supporting: readonly SentBundle[];
  readonly patients: readonly SentBundle[];
};

let read: Promise<Bundles> | undefined;

/** Reads the archive once. Without one: a hundred synthetic patients. */
export function readBundles(archive: string | undefined): Promise<Bundles> {
  read ??= archive === undefined ? synthetic() : unpacked(archive);
  return read;
}

export const resourcesOf = (bundles: readonly SentBundle[]): number =>
  bundles.reduce((sum, bundle) => sum + bundle.entries.length, 0);

async function synthetic(): Promise<Bundles> {
  const seed = 'bench';
  return {
    from: `100 synthetic patients of the seed '${seed}'`,
    supporting: [sent(JSON.stringify(supportingBundle({ seed })))],
    patients: Array.from(patients({ seed, count: 100 }), (bundle) => sent(JSON.stringify(bundle))),
  };
}

/** Files named hospital… or practitioner… hold what the others refer to, in that order. */
async function unpacked(archive: string): Promise<Bundles> {
  const bytes = await readFile(archive);
  const tar = bytes.readUInt32LE(0) === 0xfd2fb528 ? zstdDecompressSync(bytes) : bytes;
  const supporting: [name: string, bundle: SentBundle][] = [];
  const patientBundles: SentBundle[] = [];
  for (const [path, body] of tarFiles(tar)) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (!name.endsWith('.json')) continue;
    if (/^(hospital|practitioner)/.test(name)) supporting.push([name, sent(body)]);
    else patientBundles.push(sent(body));
  }
  supporting.sort(([a], [b]) => (a < b ? -1 : 1));
  return { from: archive, supporting: supporting.map(([, bundle]) => bundle), patients: patientBundles };
}

function sent(text: string): SentBundle {
  const { entry = [] } = JSON.parse(text) as { entry?: BundleEntry[] };
  return { body: Buffer.from(text), entries: entry };
}

/** @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06 (ustar) */
function* tarFiles(tar: Buffer): Generator<readonly [path: string, text: string]> {
  const block = 512;
  let longName: string | undefined;
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + block);
    const size = Number.parseInt(text(header, 124, 12), 8) || 0;
    const kind = String.fromCharCode(header[156] ?? 0);
    const content = tar.subarray(at + block, at + block + size);
    // 'L' is GNU tar's way to write a name of more than 100 bytes: it holds for the next file.
    if (kind === 'L') longName = content.toString('utf8').replace(/\0+$/, '');
    else {
      const prefix = header.toString('latin1', 257, 262) === 'ustar' ? text(header, 345, 155) : '';
      const short = text(header, 0, 100);
      if (kind === '0' || kind === '\0')
        yield [longName ?? (prefix ? `${prefix}/${short}` : short), content.toString('utf8')];
      longName = undefined;
    }
    at += block + Math.ceil(size / block) * block;
  }
}

function text(header: Buffer, from: number, length: number): string {
  const field = header.toString('utf8', from, from + length);
  const end = field.indexOf('\0');
  return (end < 0 ? field : field.slice(0, end)).trim();
}

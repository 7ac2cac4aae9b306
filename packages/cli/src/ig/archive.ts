import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { tarEntries } from '../load/tar.ts';

/** Longest manifest that is read, bytes. */
const manifestLimit = 1 << 20;

/**
 * What a package says it depends on: versions by name. None where its archive cannot be read: the server says what is
 * wrong with it.
 */
export async function dependenciesOf(archive: Uint8Array): Promise<Readonly<Record<string, string>>> {
  const gunzip = createGunzip();
  try {
    for await (const { name, size, body } of tarEntries(Readable.from([archive]).pipe(gunzip))) {
      if (name !== 'package/package.json' || size > manifestLimit) continue;
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(chunk);
      const { dependencies } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { dependencies?: unknown };
      return isTexts(dependencies) ? dependencies : {};
    }
  } catch {
    // not a package: see above
  } finally {
    gunzip.destroy();
  }
  return {};
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string');
}

import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The 32 bytes under which private keys are sealed: from `CHARTGATE_SEALING_KEY` (base64url) where it is set, else from
 * `gate.key` in the data directory, which is made (mode 0600) where it is missing. All nodes of a database need the same.
 * @throws {Error} when what is there is not 32 bytes
 */
export async function loadSealingKey(dataDirectory: string, fromEnvironment?: string): Promise<Buffer> {
  if (fromEnvironment) return decode(fromEnvironment, 'CHARTGATE_SEALING_KEY');
  const file = join(dataDirectory, 'gate.key');
  try {
    return decode(await readFile(file, 'utf8'), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // written whole, then given its name: a second process sees either no file or all of it
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
  return decode(await readFile(file, 'utf8'), file);
}

function decode(text: string, from: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length !== 32) throw new Error(`${from} must hold 32 bytes in base64url, not ${key.length}.`);
  return key;
}

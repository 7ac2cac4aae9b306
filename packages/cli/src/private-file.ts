import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { dirname } from 'node:path';
import { usage } from './failure.ts';

/**
 * Writes a file that only its owner can read (mode 0600), whole or not at all. Its folder, where missing, gets 0700.
 * @param overwrite whether a file that is there gives way. Without it, throws a usage failure
 */
export async function writePrivate(path: string, text: string, overwrite: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${randomBytes(6).toString('hex')}.new`;
  const file = await open(fresh, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    // The umask may have taken more than it should; it never gives more.
    await chmod(fresh, 0o600);
    await (overwrite ? rename(fresh, path) : link(fresh, path));
  } catch (cause) {
    if (isCode(cause, 'EEXIST'))
      throw usage(`${path} is there already. Choose another file, or write over it with --force.`);
    throw cause;
  } finally {
    await rm(fresh, { force: true });
  }
}

/** The text of a file, or undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    if (isCode(cause, 'ENOENT') || isCode(cause, 'ENOTDIR')) return undefined;
    throw cause;
  });
}

/** Whether others than the owner may read the file. Always false where modes mean nothing. */
export async function isOpenToOthers(path: string): Promise<boolean> {
  if (platform() === 'win32') return false;
  return ((await stat(path)).mode & 0o077) !== 0;
}

function isCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === code;
}

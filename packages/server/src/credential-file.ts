import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How the command line on this machine reaches the server as an administrator. */
export type AdminCredential = { readonly url: string; readonly site: string; readonly token: string };

export function credentialFile(dataDirectory: string): string {
  return join(dataDirectory, 'admin.json');
}

/** The credential that the file holds; undefined where there is none yet. */
export async function readCredential(file: string): Promise<Partial<AdminCredential> | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Writes the file whole, for its owner's eyes only. */
export async function writeCredential(file: string, credential: AdminCredential): Promise<void> {
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(credential, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

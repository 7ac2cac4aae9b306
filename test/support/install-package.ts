import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningServer } from './running-server.ts';

/** Installs a FHIR package, as an administrator does. */
export async function installPackage(server: RunningServer, archive: Buffer): Promise<void> {
  const { token } = JSON.parse(await readFile(join(server.dataDirectory, 'admin.json'), 'utf8'));
  const answer = await fetch(`${server.url}/apis/default/admin/packages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/gzip' },
    body: new Uint8Array(archive),
  });
  if (!answer.ok) throw new Error(`not installed: ${answer.status} ${await answer.text()}`);
}

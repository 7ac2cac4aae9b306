import { chown, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The system user that PostgreSQL runs as; it refuses to run as root. */
export type Owner = { readonly name: string; readonly uid: number; readonly gid: number };

/**
 * Undefined: PostgreSQL runs as the user Chartgate runs as. For root it is `postgres`, or else `nobody`, of /etc/passwd:
 * PostgreSQL looks its own name up there.
 */
export async function serverOwner(): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const owners = passwd.split('\n').map(ownerOf);
  const owner = owners.find((o) => o?.name === 'postgres') ?? owners.find((o) => o?.name === 'nobody');
  if (owner) return owner;
  throw new Error(
    'Chartgate runs as root, and PostgreSQL refuses to. It needs an unprivileged user named postgres or nobody in ' +
      '/etc/passwd, and there is none. Add one, run Chartgate as another user, or point DATABASE_URL at a server.',
  );
}

function ownerOf(line: string): Owner | undefined {
  const [name, , uid, gid] = line.split(':');
  if (!name || !Number(uid) || !Number(gid)) return undefined;
  return { name, uid: Number(uid), gid: Number(gid) };
}

/** Hands a file or directory over to the server's user. */
export async function giveTo(owner: Owner | undefined, path: string): Promise<void> {
  if (owner) await chown(path, owner.uid, owner.gid);
}

/** Whether the owner may pass through every directory above `path`; a home directory such as /root is often closed. */
export async function canReach(owner: Owner | undefined, path: string): Promise<boolean> {
  if (!owner) return true;
  for (let above = dirname(path); ; above = dirname(above)) {
    const { mode, uid, gid } = await stat(above);
    const execute = uid === owner.uid ? 0o100 : gid === owner.gid ? 0o010 : 0o001;
    if (!(mode & execute)) return false;
    if (above === dirname(above)) return true;
  }
}

import { resolve } from 'node:path';
import { type AdminApi, adminApi } from '@chartgate/client';
import type { Command } from 'commander';
import { type Options, textOption } from '../command.ts';
import { exitCodes, Failure, usage } from '../failure.ts';
import { type Io, say } from '../io.ts';
import { isOpenToOthers, readIfThere } from '../private-file.ts';

/** What opens the admin API of one site. */
export type Credential = { readonly url: string; readonly site: string; readonly token: string };

/** Options of every command that acts as the administrator. */
export function adminOptions(command: Command): Command {
  return command
    .option('--url <url>', 'address of the server (else CHARTGATE_URL, else the one in admin.json)')
    .option('--data <folder>', "the server's data directory, with admin.json (else CHARTGATE_DATA, else ./.chartgate)")
    .option('--site <name>', 'site (Default: the one of the credential)');
}

/** The data directory that the options and the environment name. */
export function dataFolder(io: Io, options: Options): string {
  return resolve(io.cwd, textOption(options, 'data') ?? (io.env.CHARTGATE_DATA || '.chartgate'));
}

/**
 * The administrator's credential: `CHARTGATE_ADMIN_TOKEN`, or `admin.json` in the data directory. The file's token is
 * sent to the file's server only.
 * @throws a failure with exit code 4 that says where one is to be had
 */
export async function adminCredential(io: Io, options: Options): Promise<Credential> {
  const url = address(textOption(options, 'url') ?? (io.env.CHARTGATE_URL || undefined));
  const site = textOption(options, 'site');
  const token = io.env.CHARTGATE_ADMIN_TOKEN;
  if (token) return { url: url ?? 'http://localhost:8080', site: site ?? 'default', token };
  const file = resolve(dataFolder(io, options), 'admin.json');
  const kept = credentialIn(await readIfThere(file));
  if (!kept) {
    const next = `Name the server's data directory with --data or CHARTGATE_DATA, or set CHARTGATE_ADMIN_TOKEN. A server started by npx chartgate serve writes the file.`;
    throw new Failure(exitCodes.needsAuth, 'auth', `No administrator's credential is in ${file}. ${next}`);
  }
  if (await isOpenToOthers(file)) say(io, `Warning: others can read ${file}. Run: chmod 600 ${file}`);
  if (url !== undefined && !isSameServer(url, kept.url)) {
    const message = `The credential in ${file} is for ${kept.url}, not for ${url}. Set CHARTGATE_ADMIN_TOKEN to send a token there.`;
    throw new Failure(exitCodes.needsAuth, 'auth', message);
  }
  return { url: url ?? kept.url, site: site ?? kept.site, token: kept.token };
}

/** The admin API that the options and the environment open. */
export async function admin(io: Io, options: Options): Promise<AdminApi> {
  const { url, site, token } = await adminCredential(io, options);
  return adminApi(url, site, token, io);
}

function credentialIn(text: string | undefined): Credential | undefined {
  try {
    const { url, site = 'default', token } = JSON.parse(text ?? '') as Credential;
    return URL.canParse(url) && typeof token === 'string' ? { url, site, token } : undefined;
  } catch {
    return undefined;
  }
}

function address(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '');
  throw usage(`${text} is no address of a server. Expected something like http://localhost:8080`);
}

/** The same origin; the names of this machine count as one. */
function isSameServer(one: string, other: string): boolean {
  const origin = (text: string) => {
    const url = new URL(text);
    const host = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname) ? 'localhost' : url.hostname;
    return `${url.protocol}//${host}:${url.port}`;
  };
  return origin(one) === origin(other);
}

import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { importKey, type SigningKey, type SmartServer, type Token } from '@chartgate/client';
import { exitCodes, Failure, usage } from '../failure.ts';
import type { Io } from '../io.ts';
import { readIfThere, writePrivate } from '../private-file.ts';

/** A client of this user at one server, kept between runs. It holds the private key: the file has mode 0600. */
export type Profile = {
  readonly name: string;
  readonly server: SmartServer;
  /** What token requests ask for: what was granted, where the server says. */
  readonly scope: string;
  /** What the client was registered with. */
  readonly asked: string;
  readonly key: { readonly kty?: string; readonly kid?: string };
  /** Absent until the server has registered the client. */
  readonly clientId?: string;
  readonly status?: string;
  readonly registrationAccessToken?: string;
  readonly registrationClientUri?: string;
};

/** The folder of the profiles, by `CHARTGATE_CONFIG` or the XDG rules. */
export function configFolder({ env, home }: Pick<Io, 'env' | 'home'>): string {
  return env.CHARTGATE_CONFIG || join(env.XDG_CONFIG_HOME || join(home, '.config'), 'chartgate');
}

/** The name of a profile where none is asked for: the server's host, port and path, made a file name. */
export function profileName(fhirBase: string): string {
  const url = new URL(fhirBase);
  const path = url.pathname.replace(/\/apis\/default\/fhir$/, '');
  return `${url.host}${path}`
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(0, 100);
}

/** @throws usage failure when the name could leave the folder */
function fileOf(io: Io, name: string, ending = 'json'): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) {
    throw usage(`"${name}" cannot name a profile. Use letters, digits, dots, dashes and underscores.`);
  }
  return join(configFolder(io), 'profiles', `${name}.${ending}`);
}

export async function readProfile(io: Io, name: string): Promise<Profile | undefined> {
  const text = await readIfThere(fileOf(io, name));
  if (text === undefined) return undefined;
  const profile = profileIn(text);
  if (profile) return { ...profile, name };
  throw new Failure(
    exitCodes.failed,
    'filesystem',
    `${fileOf(io, name)} is not a profile. Delete it and connect again.`,
  );
}

/** What the text of a profile's file holds; undefined where that is no profile. */
function profileIn(text: string): Profile | undefined {
  try {
    const profile = JSON.parse(text) as Profile;
    return profile.server.fhirBase && profile.key ? profile : undefined;
  } catch {
    return undefined;
  }
}

export function writeProfile(io: Io, profile: Profile): Promise<void> {
  return writePrivate(fileOf(io, profile.name), `${JSON.stringify(profile, null, 2)}\n`, true);
}

export async function listProfiles(io: Io): Promise<readonly Profile[]> {
  const folder = join(configFolder(io), 'profiles');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = (await readdir(folder)).filter((file) => file.endsWith('.json') && !file.endsWith('.token.json'));
  const profiles = await Promise.all(names.sort().map((file) => readProfile(io, file.slice(0, -'.json'.length))));
  return profiles.filter((profile) => profile !== undefined);
}

/** The profile that `token` and `get` use: the one asked for, else the one last connected or chosen. */
export async function currentProfile(io: Io, asked: string | undefined): Promise<Profile> {
  const name = asked ?? (await currentName(io));
  const profile = name === undefined ? undefined : await readProfile(io, name);
  if (profile) return profile;
  const which = asked
    ? `No profile is named ${asked}. See npx chartgate profiles list.`
    : 'You are connected to no server yet.';
  throw new Failure(exitCodes.needsAuth, 'auth', `${which} Connect first: npx chartgate connect URL`);
}

export async function currentName(io: Io): Promise<string | undefined> {
  return (await readIfThere(join(configFolder(io), 'current')))?.trim() || undefined;
}

export function useProfile(io: Io, name: string): Promise<void> {
  return writePrivate(join(configFolder(io), 'current'), `${name}\n`, true);
}

/** The profile's private key, ready to sign. */
export function keyOf(profile: Profile): Promise<SigningKey> {
  return importKey(JSON.stringify(profile.key));
}

/** The token an earlier run left behind, if any. */
export async function readToken(io: Io, profile: Profile): Promise<Token | undefined> {
  try {
    const kept = JSON.parse((await readIfThere(fileOf(io, profile.name, 'token.json'))) ?? '') as Token & {
      client: string;
    };
    return kept.client === profile.clientId ? kept : undefined;
  } catch {
    return undefined;
  }
}

export function writeToken(io: Io, profile: Profile, token: Token): Promise<void> {
  const text = JSON.stringify({ client: profile.clientId, ...token });
  return writePrivate(fileOf(io, profile.name, 'token.json'), `${text}\n`, true);
}

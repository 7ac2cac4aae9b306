import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  discover,
  generateKey,
  importKey,
  jwks,
  OAuthError,
  privateJwk,
  type Registration,
  readRegistration,
  register,
} from '@chartgate/client';
import { usage } from '../failure.ts';
import { type Io, say } from '../io.ts';
import { keyOf, type Profile, profileName, readProfile, writeProfile } from '../profile/profile.ts';
import { cell } from '../show/table.ts';
import { defaultScope } from './scope.ts';

/** What the user asked `connect` for. */
export type Wish = {
  readonly url: string;
  readonly scope?: string | undefined;
  readonly name: string;
  readonly alg: 'RS384' | 'ES384';
  readonly profile?: string | undefined;
  readonly clientId?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Start over, though a profile is there. */
  readonly again: boolean;
};

/** One line about a step that went well. */
export function done(io: Io, step: string, text: string): void {
  say(io, `${io.colour.green('✓')} ${io.colour.bold(step.padEnd(9))} ${text}`);
}

/** Steps 1 and 2: finds the server, and takes up the profile of an earlier run or makes one with new keys. */
export async function prepare(io: Io, wish: Wish): Promise<Profile> {
  const server = await discover(wish.url, io);
  const name = wish.profile ?? profileName(server.fhirBase);
  const kept = await readProfile(io, name);
  done(io, 'discover', `FHIR ${server.fhirBase}`);
  say(io, `            token ${server.tokenEndpoint}`);
  if (isUnprotected(server.tokenEndpoint)) {
    say(io, io.colour.yellow('            Warning: no TLS. Anybody between here and there can read the token.'));
  }
  if (kept && kept.server.fhirBase !== server.fhirBase && !wish.again) {
    throw usage(
      `The profile ${name} belongs to ${kept.server.fhirBase}. Choose another name with --profile, or --again to replace it.`,
    );
  }
  if (kept && !wish.again && !wish.clientId && !wish.keyFile) {
    if (wish.scope === undefined || wish.scope === kept.asked) {
      done(io, 'keys', `${kept.key.kid} (kept in the profile ${name})`);
      return { ...kept, server };
    }
    say(io, `            another scope than before: the client is registered anew with ${wish.scope}`);
  }
  const scope = wish.scope ?? defaultScope(server);
  const profile = await withKey(io, wish, { name, server, scope, asked: scope, key: {} }, kept);
  await writeProfile(io, profile);
  return profile;
}

async function withKey(io: Io, wish: Wish, profile: Profile, kept: Profile | undefined): Promise<Profile> {
  const own =
    wish.keyFile === undefined ? undefined : await importKey(await readFile(resolve(io.cwd, wish.keyFile), 'utf8'));
  const key = own ?? (kept && !wish.again ? await keyOf(kept) : await generateKey(wish.alg));
  done(io, 'keys', `${key.alg} ${key.kid} (${own ? wish.keyFile : `private key kept in the profile ${profile.name}`})`);
  return {
    ...profile,
    key: (await privateJwk(key)) as Profile['key'],
    ...(wish.clientId ? { clientId: wish.clientId } : {}),
  };
}

/** Step 3: registers the client, unless an earlier run did and the server still knows it. */
export async function registered(io: Io, wish: Wish, profile: Profile): Promise<Profile> {
  if (profile.clientId) {
    const known = await stillKnown(io, profile);
    if (known) {
      done(io, 'register', `client ${profile.clientId}${known.status ? ` (${known.status})` : ''}`);
      return known;
    }
    say(io, `            the server no longer knows client ${profile.clientId}: registering anew`);
  }
  const endpoint = profile.server.registrationEndpoint;
  if (!endpoint) {
    throw usage(
      `${profile.server.fhirBase} registers no clients by itself. Register one there by hand with a key of yours (npx chartgate keys new), then: npx chartgate connect ${wish.url} --client-id ID --key chartgate-key.json`,
    );
  }
  const service = { name: wish.name, scope: profile.asked, jwks: jwks(await keyOf(profile)) };
  const registration = await register(endpoint, service, io);
  for (const warning of registration.warnings) say(io, io.colour.yellow(`            ${cell(warning)}`));
  const { clientId: _old, status: _status, ...rest } = profile;
  const fresh = merged({ ...rest, scope: profile.asked }, registration);
  await writeProfile(io, fresh);
  done(io, 'register', `client ${fresh.clientId}${fresh.status ? ` (${fresh.status})` : ''} asks for ${fresh.scope}`);
  return fresh;
}

/** The profile with the client's present status; undefined when the server has forgotten the client. */
export async function stillKnown(io: Io, profile: Profile): Promise<Profile | undefined> {
  const { registrationClientUri, registrationAccessToken } = profile;
  if (!registrationClientUri || !registrationAccessToken) return profile;
  try {
    const registration = await readRegistration(registrationClientUri, registrationAccessToken, io);
    const now = merged(profile, registration);
    if (now.status !== profile.status || now.scope !== profile.scope) await writeProfile(io, now);
    return now;
  } catch (cause) {
    // OpenEMR answers 403 to every such question, so only these two mean that the client is gone.
    if (cause instanceof OAuthError && (cause.status === 401 || cause.status === 404)) return undefined;
    if (cause instanceof OAuthError) return profile;
    throw cause;
  }
}

function merged(profile: Profile, registration: Registration): Profile {
  return {
    ...profile,
    clientId: registration.clientId,
    // An administrator may grant less than was asked for; asking for more than that is refused by some servers.
    scope: registration.grantedScope ?? profile.scope,
    ...(registration.status ? { status: registration.status } : {}),
    ...(registration.registrationAccessToken ? { registrationAccessToken: registration.registrationAccessToken } : {}),
    ...(registration.registrationClientUri ? { registrationClientUri: registration.registrationClientUri } : {}),
  };
}

function isUnprotected(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

import { type FhirClient, fhirClient, requestToken, type TokenSource, tokenSource } from '@chartgate/client';
import { exitCodes, Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { keyOf, type Profile, readToken, writeToken } from './profile.ts';

/** A token source for a profile that begins with the token of an earlier run and keeps each new one. */
export async function sessionTokens(io: Io, profile: Profile): Promise<TokenSource> {
  const { clientId } = profile;
  if (!clientId) {
    const next = `Go on with: npx chartgate connect ${profile.server.fhirBase} --profile ${profile.name}`;
    throw new Failure(exitCodes.needsAuth, 'auth', `The profile ${profile.name} has no registered client yet. ${next}`);
  }
  const key = await keyOf(profile);
  const { tokenEndpoint } = profile.server;
  const request = async () => {
    const token = await requestToken({ tokenEndpoint, clientId, key, scope: profile.scope }, io);
    await writeToken(io, profile, token);
    return token;
  };
  return tokenSource(request, await readToken(io, profile));
}

/** A FHIR client that acts for the profile. */
export async function session(io: Io, profile: Profile): Promise<FhirClient> {
  const token = await sessionTokens(io, profile);
  return fhirClient({ base: profile.server.fhirBase, token, fetch: io.fetch, signal: io.signal });
}

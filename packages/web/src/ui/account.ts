import { type AccountRecord, apiRoot, jsonApi, OAuthError, readOwnAccount } from '@chartgate/client';
import { useQuery } from '@tanstack/react-query';
import { issuerOf, ownFetch, server } from './session.ts';

/** Whose account this browser is signed in to; null: to none. */
export function useOwnAccount(site: string) {
  return useQuery({ queryKey: ['own-account', site], queryFn: () => readIfAny(site), staleTime: 60_000 });
}

/** Ends the session of this browser, and shows the page for signing in. What was on the pages is gone with them. */
export async function signOut(site: string): Promise<void> {
  const { remove } = jsonApi(apiRoot(server, site, 'account'), undefined, { fetch: ownFetch });
  await remove('sessions/current').catch((error: unknown) => {
    if (!(error instanceof OAuthError && error.status === 401)) throw error;
  });
  location.replace(`${issuerOf(site)}/sign-in`);
}

async function readIfAny(site: string): Promise<AccountRecord | null> {
  try {
    return await readOwnAccount(server, site, undefined, { fetch: ownFetch });
  } catch (error) {
    if (error instanceof OAuthError && error.status === 401) return null;
    throw error;
  }
}

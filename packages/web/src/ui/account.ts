import { type AccountRecord, OAuthError, readOwnAccount } from '@chartgate/client';
import { useQuery } from '@tanstack/react-query';
import { ownFetch, server } from './session.ts';

/** Whose account this browser is signed in to; null: to none. */
export function useOwnAccount(site: string) {
  return useQuery({ queryKey: ['own-account', site], queryFn: () => readIfAny(site), staleTime: 60_000 });
}

async function readIfAny(site: string): Promise<AccountRecord | null> {
  try {
    return await readOwnAccount(server, site, undefined, { fetch: ownFetch });
  } catch (error) {
    if (error instanceof OAuthError && error.status === 401) return null;
    throw error;
  }
}

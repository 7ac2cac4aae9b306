import { OAuthError } from '@chartgate/client';
import { QueryClient } from '@tanstack/react-query';

/** What was asked of the server. What was refused is not asked again by itself; what did not arrive is, once. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 10_000, retry: (times, error) => !(error instanceof OAuthError) && times < 1 },
  },
});

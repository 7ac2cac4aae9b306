import type { Fetch } from '@chartgate/client';

/** Where the server's own pages are: the address that shows them. */
export const server = location.origin;

const header = 'chartgate-form-token';

let formToken = tokenIn(document);

/**
 * `fetch` for the server's own JSON API: the browser's session speaks for whoever is signed in. The token shows that the
 * page is the server's; another tab that signs in changes it, and then it is read anew once.
 */
export const ownFetch: Fetch = async (input, init = {}) => {
  const answer = await send(input, init);
  if (answer.status !== 401 || !(await isTokenNew())) return answer;
  return send(input, init);
};

function send(input: string, init: RequestInit): Promise<Response> {
  return fetch(input, { ...init, credentials: 'same-origin', headers: { ...init.headers, [header]: formToken } });
}

async function isTokenNew(): Promise<boolean> {
  const page = await fetch(location.pathname, { credentials: 'same-origin', headers: { accept: 'text/html' } });
  const found = tokenIn(new DOMParser().parseFromString(await page.text(), 'text/html'));
  const isNew = found !== '' && found !== formToken;
  if (isNew) formToken = found;
  return isNew;
}

function tokenIn(page: Document): string {
  return page.querySelector<HTMLMetaElement>(`meta[name=${header}]`)?.content ?? '';
}

/** The gate's page for signing in, from where the browser comes back to here. */
export function signInUrl(site: string): string {
  return `${issuerOf(site)}/sign-in?${new URLSearchParams({ to: location.pathname + location.search })}`;
}

export function issuerOf(site: string): string {
  return `${server}/oauth2/${encodeURIComponent(site)}`;
}

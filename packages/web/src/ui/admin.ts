import { adminApi } from '@chartgate/client';
import { ownFetch, server } from './session.ts';

/** The admin API of a site, for the administrator who is signed in. */
export function ownAdminApi(site: string) {
  return adminApi(server, site, undefined, { fetch: ownFetch });
}

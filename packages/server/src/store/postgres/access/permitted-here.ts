import { type Permitted, requirePermitted } from '../../../access/permit.ts';
import type { Site } from '../database/site.ts';

/** Throws unless `permitted` came from `permit`, for this site. */
export function requirePermittedHere(site: Site, permitted: Permitted): void {
  requirePermitted(permitted);
  if (permitted.site !== site.name) throw new TypeError('The permit is for another site');
}

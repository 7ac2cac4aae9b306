import type { ConformanceStore } from '../../conformance-ports.ts';
import type { Database, DatabaseAddress } from '../database/database.ts';
import type { Site } from '../database/site.ts';
import { chartConformance } from './chart-conformance.ts';
import { listen } from './events.ts';
import { packageStore } from './package-store.ts';

/** What a site learned, on PostgreSQL. @param address where events are heard, on a connection of its own */
export function conformanceStore(database: Database, site: Site, address: DatabaseAddress): ConformanceStore {
  return {
    packages: packageStore(database, site),
    chart: chartConformance(database, site),
    listen: (hear, lost) => listen(address, site, { hear, lost }),
  };
}

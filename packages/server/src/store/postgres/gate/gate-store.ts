import type { ClientConfig, Pool } from 'pg';
import type { GateStore, GateStores } from '../../gate-ports.ts';
import type { Site } from '../site.ts';
import { clientStore } from './client-store.ts';
import { listen } from './events.ts';
import { adminTokenStore, signingKeyStore } from './key-store.ts';
import { sweep } from './sweep.ts';
import { ticketStore } from './ticket-store.ts';
import { tokenStore } from './token-store.ts';

/** Where the gate's tables are: a pool of connections, how to make one more (for events), and which sites there are. */
export type GateDatabase = {
  readonly pool: Pool;
  readonly connection: ClientConfig;
  readonly site: (name: string) => Promise<Site | undefined>;
};

/** The gate's store on PostgreSQL. */
export function gateStores(database: GateDatabase): GateStores {
  const stores = new Map<string, GateStore>();
  return {
    async site(name) {
      const known = stores.get(name);
      if (known) return known;
      const site = await database.site(name);
      if (!site) return undefined;
      const store = gateStore(database.pool, site);
      stores.set(name, store);
      return store;
    },
    listen: (hear, lost) => listen(database.connection, hear, lost),
  };
}

function gateStore(pool: Pool, site: Site): GateStore {
  return {
    clients: clientStore(pool, site),
    tokens: tokenStore(pool, site),
    tickets: ticketStore(pool, site),
    signingKeys: signingKeyStore(pool, site),
    adminTokens: adminTokenStore(pool, site),
    sweep: (retention) => sweep(pool, site, retention),
  };
}

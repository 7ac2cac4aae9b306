import type { GateStore, GateStores } from '../../gate-ports.ts';
import type { Database, DatabaseAddress } from '../database/database.ts';
import { openSite } from '../database/open-site.ts';
import type { Site } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { accountStore } from './account-store.ts';
import { authorizationRequestStore, launchStore } from './authorization-request-store.ts';
import { authorizationStore } from './authorization-store.ts';
import { clientStore } from './client-store.ts';
import { consentStore } from './consent-store.ts';
import { initialAccessTokenStore, trustedIssuerStore } from './entry-store.ts';
import { listen } from './events.ts';
import { adminTokenStore, signingKeyStore } from './key-store.ts';
import { registrationStore } from './registration-store.ts';
import { sessionStore } from './session-store.ts';
import { settingStore } from './setting-store.ts';
import { sweep } from './sweep.ts';
import { ticketStore } from './ticket-store.ts';
import { tokenStore } from './token-store.ts';

/** The gate's store on PostgreSQL. @param address where events of other nodes are heard, on a connection of its own */
export function gateStores(database: Database, address: DatabaseAddress): GateStores {
  const stores = new Map<string, GateStore>();
  return {
    async site(name) {
      const known = stores.get(name);
      if (known) return known;
      const site = await openSite(database, name);
      if (!site) return undefined;
      const store = gateStore(database, site);
      stores.set(name, store);
      return store;
    },
    async siteNames() {
      const rows = await database.reads.query<{ name: string }>(sql`select name from chartgate.site order by name`);
      return rows.map((row) => row.name);
    },
    listen: (hear, lost) => listen(address, hear, lost),
  };
}

function gateStore(database: Database, site: Site): GateStore {
  return {
    clients: clientStore(database, site),
    registrations: registrationStore(database, site),
    initialAccessTokens: initialAccessTokenStore(database, site),
    trustedIssuers: trustedIssuerStore(database, site),
    tokens: tokenStore(database, site),
    tickets: ticketStore(database, site),
    signingKeys: signingKeyStore(database, site),
    adminTokens: adminTokenStore(database, site),
    settings: settingStore(database, site),
    accounts: accountStore(database, site),
    sessions: sessionStore(database, site),
    authorizationRequests: authorizationRequestStore(database, site),
    launches: launchStore(database, site),
    consents: consentStore(database, site),
    authorizations: authorizationStore(database, site),
    sweep: (retention) => sweep(database.writes, site, retention),
  };
}

import type { GateStore, GateStores } from '../../gate-ports.ts';
import { auditStore } from '../audit/audit-store.ts';
import type { Database, DatabaseAddress } from '../database/database.ts';
import { openSite } from '../database/open-site.ts';
import type { Site } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { accountAdministration } from './account-administration.ts';
import { accountLinkStore } from './account-link-store.ts';
import { accountStore } from './account-store.ts';
import { adminTokenStore } from './admin-token-store.ts';
import { authorizationRequestStore, launchStore } from './authorization-request-store.ts';
import { authorizationStore } from './authorization-store.ts';
import { chartRequestStore } from './chart-request-store.ts';
import { clientStore } from './client-store.ts';
import { consentStore } from './consent-store.ts';
import { deviceStore } from './device-store.ts';
import { initialAccessTokenStore, trustedIssuerStore } from './entry-store.ts';
import { listen } from './events.ts';
import { recoveryCodeStore, totpStore } from './factor-store.ts';
import { invitationStore } from './invitation-store.ts';
import { outboxStore } from './outbox-store.ts';
import { passkeyStore } from './passkey-store.ts';
import { registrationStore } from './registration-store.ts';
import { sessionStore } from './session-store.ts';
import { settingStore } from './setting-store.ts';
import { signInStepStore } from './sign-in-step-store.ts';
import { signUpStore } from './sign-up-store.ts';
import { signingKeyStore } from './signing-key-store.ts';
import { sweep } from './sweep.ts';
import { ticketStore } from './ticket-store.ts';
import { tokenStore } from './token-store.ts';
import { tryStore } from './try-store.ts';

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
    accountAdministration: accountAdministration(database, site),
    signUps: signUpStore(database, site),
    accountLinks: accountLinkStore(database, site),
    signInSteps: signInStepStore(database, site),
    devices: deviceStore(database, site),
    outbox: outboxStore(database, site),
    authorizationRequests: authorizationRequestStore(database, site),
    launches: launchStore(database, site),
    consents: consentStore(database, site),
    authorizations: authorizationStore(database, site),
    audit: auditStore(database, site),
    totp: totpStore(database, site),
    recoveryCodes: recoveryCodeStore(database, site),
    passkeys: passkeyStore(database, site),
    tries: tryStore(database, site),
    invitations: invitationStore(database, site),
    chartRequests: chartRequestStore(database, site),
    sweep: (retention) => sweep(database.writes, site, retention),
  };
}

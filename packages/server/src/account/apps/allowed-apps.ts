import { parseScope } from '@chartgate/fhir';
import { shownName } from '../../clients/shown-name.ts';
import { audit } from '../../oauth/audited.ts';
import { boxWords } from '../../oauth/consent/box-words.ts';
import { offerOf } from '../../oauth/consent/offer.ts';
import type { Exchange } from '../../oauth/exchange.ts';
import { chartsOf } from '../../oauth/visible-patients.ts';
import type { Account } from '../../store/account-ports.ts';
import type { AllowedApp } from '../../store/authorization-ports.ts';
import type { PatientEntry } from '../../store/chart-directory.ts';

/** An app that a user let in, for one patient or for none in particular, as it is shown to its user. */
export type ShownApp = {
  readonly clientId: string;
  readonly name: string;
  /** What it may see or change, a line each. */
  readonly words: readonly string[];
  /** Absent: no patient in particular, or one whom the account sees no more. */
  readonly patient?: PatientEntry & { readonly isOwn: boolean };
  /** Whether it keeps its access when the user is away. */
  readonly isOffline: boolean;
  /** ms since the epoch. */
  readonly since: number;
  readonly lastUsedAt?: number;
  readonly scope: string;
};

/** The apps that an account let in, the latest decided first. */
export async function allowedApps(x: Exchange, account: Account): Promise<readonly ShownApp[]> {
  const allowed = await x.site.store.consents.list(account.accountId);
  const patients = await patientsOf(x, account, allowed);
  return Promise.all(
    allowed.map(async (app) => {
      const client = await x.site.client(app.clientId);
      const patient = app.patient === undefined ? undefined : patients.get(app.patient);
      return {
        clientId: app.clientId,
        name: client ? shownName(client) : 'An app that is not here any more',
        words: wordsOfScope(app.scope, account.role === 'patient' && patient?.isOwn === true),
        ...(patient === undefined ? {} : { patient }),
        isOffline: app.scope.split(' ').includes('offline_access'),
        since: app.since,
        ...(app.lastUsedAt === undefined ? {} : { lastUsedAt: app.lastUsedAt }),
        scope: app.scope,
      };
    }),
  );
}

/**
 * Takes back what was given to an app, for all patients: its tokens are dead at once, on all nodes.
 * @returns how many access tokens died; undefined where the account never let the app in
 */
export async function removeApp(x: Exchange, account: Account, clientId: string): Promise<number | undefined> {
  const { site } = x;
  const allowed = await site.store.consents.list(account.accountId);
  const ended = allowed.filter((app) => app.clientId === clientId);
  if (ended.length === 0) return undefined;
  const killed = await site.store.consents.remove(account.accountId, clientId);
  site.forget({ users: true });
  const patients = [...new Set(ended.flatMap(({ patient = [] }) => patient))];
  await audit(x, { act: 'authorization-ended', by: 'user', patients }, { accountId: account.accountId, clientId });
  return killed;
}

type Named = PatientEntry & { readonly isOwn: boolean };

async function patientsOf(
  { site }: Exchange,
  account: Account,
  allowed: readonly AllowedApp[],
): Promise<ReadonlyMap<string, Named>> {
  if (account.role === 'patient') {
    const charts = await chartsOf(site, account);
    return new Map(charts.map((chart) => [chart.id, { ...chart, isOwn: chart.relationship === 'self' }]));
  }
  const names = await site.directory.patientNames(allowed.flatMap(({ patient = [] }) => patient));
  return new Map([...names].map(([id, entry]) => [id, { ...entry, isOwn: false }]));
}

/** A line for each box that would be ticked: whole types without their categories, and what else was allowed. */
function wordsOfScope(scope: string, isOwn: boolean): readonly string[] {
  const { records } = offerOf(parseScope(scope).scopes);
  const lines = records.filter(({ within }) => within === undefined).map((box) => boxWords(box, isOwn));
  return lines.length === 0 ? ['Only that it is you who signs in'] : [...new Set(lines)];
}

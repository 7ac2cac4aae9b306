import type { Account } from '../../store/account-ports.ts';
import type { LaunchContext } from '../../store/authorization-ports.ts';
import type { Client } from '../../store/gate-ports.ts';
import { audit, patientsOf } from '../audited.ts';
import type { Exchange } from '../exchange.ts';
import type { Gate } from '../gate.ts';
import { isLoopbackHost } from '../guarded-fetch.ts';
import { OAuthError } from '../oauth-error.ts';
import { type RateLimiter, rateLimiter } from '../rate-limit.ts';
import { newSecret, secretHash } from '../secret.ts';
import { encounterOf, visiblePatient } from '../visible-patients.ts';

/** An app that is about to be opened. `secret` is the launch value. */
export type Launch = { readonly secret: string; readonly url: string };

type Launched = { readonly client: Client; readonly account: Account; readonly context: LaunchContext };

/** Launches of an account: as many as anybody clicks, and not a table full. */
const limits = new WeakMap<Gate, RateLimiter>();

/**
 * Makes a launch: good for one use within `launch_lifetime`, by this client and this user. The user must see the patient,
 * and the encounter must be the patient's.
 * @throws {OAuthError} patient-unknown, encounter-unknown, launch-client, too-many-launches
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#launch-app-ehr-launch
 */
export async function makeLaunch(x: Exchange, { client, account, context }: Launched): Promise<Launch> {
  const uri = launchUriOf(client);
  if (uri === undefined) throw new OAuthError('launch-client');
  await requireVisible(x, account, context);
  requireFew(x, account);
  const secret = newSecret();
  await x.site.store.launches.insert({
    hash: secretHash(secret),
    clientId: client.clientId,
    accountId: account.accountId,
    context,
    createdAt: x.now,
    expiresAt: x.now + x.settings.launch_lifetime * 1000,
  });
  const about = { clientId: client.clientId, accountId: account.accountId };
  await audit(x, { act: 'launch-started', ...patientsOf(context) }, about);
  const [address = ''] = uri.split('#');
  const parameters = new URLSearchParams({ iss: x.site.fhirUrl, launch: secret });
  return { secret, url: `${address}${address.includes('?') ? '&' : '?'}${parameters}` };
}

/** Where an app is opened from the record system; undefined where it cannot be: not approved, or not for this. */
export function launchUriOf({ status, grantedScope, metadata }: Client): string | undefined {
  const uri = metadata.launch_uri ?? metadata.initiate_login_uri;
  if (status !== 'approved' || !grantedScope.split(' ').includes('launch')) return undefined;
  if (typeof uri !== 'string' || !URL.canParse(uri)) return undefined;
  const { protocol, hostname } = new URL(uri);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname.replace(/^\[|\]$/g, '')));
  return isSafe ? uri : undefined;
}

async function requireVisible({ site }: Exchange, account: Account, context: LaunchContext): Promise<void> {
  const { patient, encounter } = context;
  if (patient !== undefined && !(await visiblePatient(site, account, patient))) throw new OAuthError('patient-unknown');
  if (encounter === undefined) return;
  const isOwn = patient !== undefined && (await encounterOf(site, patient, encounter)) !== undefined;
  if (!isOwn) throw new OAuthError('encounter-unknown');
}

function requireFew({ gate }: Exchange, { accountId }: Account): void {
  const limiter = limits.get(gate) ?? rateLimiter({ perMinute: 30, burst: 60 }, gate.now);
  limits.set(gate, limiter);
  const wait = limiter.wait(accountId);
  if (wait > 0) throw new OAuthError('too-many-launches', { headers: { 'retry-after': String(wait) } });
  limiter.count(accountId);
}

import { administratorByToken } from '../../account/charts/staff.ts';
import { signedInAtApi } from '../../account/session.ts';
import type { Account } from '../../store/account-ports.ts';
import type { LaunchContext } from '../../store/authorization-ports.ts';
import { actAs } from '../audited.ts';
import { check, endpoint } from '../endpoint.ts';
import { type Exchange, privateJson } from '../exchange.ts';
import { limitFailures, requirePost } from '../form.ts';
import { readJsonObject } from '../json.ts';
import { OAuthError } from '../oauth-error.ts';
import { isGateId } from '../secret.ts';
import { makeLaunch } from './launch.ts';
import { type LaunchBody, launchBody, launchJson } from './launch-body.ts';

const bodies = new WeakMap<Exchange, LaunchBody>();
const accounts = new WeakMap<Exchange, Account>();

const readBody = check('body can be used', (x) => {
  const type = x.request.headers['content-type'];
  const body = /^application\/([\w.-]+\+)?json\b/i.test(type ?? '')
    ? readJsonObject(x.request.body)
    : 'Send JSON: Content-Type: application/json.';
  if (typeof body === 'string') throw new OAuthError('launch-request', { description: body });
  const { data, error } = launchBody.safeParse(body);
  if (data) return void bodies.set(x, data);
  const [issue] = error.issues;
  const where = issue?.path.join('.') || 'the body';
  throw new OAuthError('launch-request', { description: `${where}: ${issue?.message ?? 'cannot be understood'}.` });
});

/** The session of the user who opens the app; or an administrator's token, with the user named in the body. */
const requireUser = check('a user launches', async (x) => {
  const { account: named } = bodyOf(x);
  const administrator = await administratorByToken(x);
  if (administrator !== undefined) {
    const account = named === undefined ? undefined : await activeAccount(x, named);
    if (!account) throw new OAuthError('launch-user-unknown');
    actAs(x, { administrator });
    return void accounts.set(x, account);
  }
  const signedIn = await signedInAtApi(x);
  if (!signedIn) throw new OAuthError('sign-in-needed', { headers: { 'www-authenticate': 'Bearer realm="account"' } });
  if (named !== undefined && named !== signedIn.account.accountId && named !== signedIn.account.userName) {
    throw new OAuthError('launch-request', {
      description: 'account: only an administrator launches for somebody else.',
    });
  }
  accounts.set(x, signedIn.account);
});

const requireClient = check('the client can be launched', async (x) => {
  const client = await x.site.client(bodyOf(x).client_id);
  if (client?.status !== 'approved') throw new OAuthError('launch-client');
  x.client = client;
});

/**
 * `POST {base}/apis/{site}/launch`: what the record system calls when somebody opens an app there.
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#launch-app-ehr-launch
 */
export const launchApi = endpoint(
  'launch',
  [requirePost, limitFailures, readBody, requireUser, requireClient],
  async (x) => {
    const account = accounts.get(x);
    if (!account || !x.client) throw new TypeError('No check has found the user and the client');
    const { secret, url } = await makeLaunch(x, { client: x.client, account, context: contextOf(bodyOf(x)) });
    const expires = x.settings.launch_lifetime;
    return privateJson(201, launchJson.parse({ launch: secret, launch_url: url, expires_in: expires }));
  },
);

function bodyOf(x: Exchange): LaunchBody {
  const body = bodies.get(x);
  if (!body) throw new TypeError('The body was not read');
  return body;
}

async function activeAccount({ site }: Exchange, named: string): Promise<Account | undefined> {
  const byId = isGateId(named) ? await site.store.accounts.find(named) : undefined;
  const account = byId ?? (await site.store.accounts.findByName(named));
  return account?.status === 'active' ? account : undefined;
}

function contextOf({ patient, encounter, intent, need_patient_banner, fhirContext }: LaunchBody): LaunchContext {
  return {
    ...(patient === undefined ? {} : { patient }),
    ...(encounter === undefined ? {} : { encounter }),
    ...(intent === undefined ? {} : { intent }),
    ...(need_patient_banner === undefined ? {} : { needPatientBanner: need_patient_banner }),
    ...(fhirContext === undefined ? {} : { fhirContext }),
  };
}

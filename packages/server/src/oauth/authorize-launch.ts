import { check } from './endpoint.ts';
import { clientOf, parameter } from './exchange.ts';
import { OAuthError } from './oauth-error.ts';
import { scopeNames } from './scope.ts';
import { secretHash } from './secret.ts';

/**
 * A launch from the record system is good for one request of its client. It is the last check: a request that is refused
 * for something else leaves it to be tried again.
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#launch-app-ehr-launch
 */
export const useLaunch = check('launch is good', async (x) => {
  const launch = parameter(x, 'launch');
  if (launch === undefined) return;
  if (!scopeNames(x.grantedScope).has('launch')) throw new OAuthError('launch-scope', { received: 'no scope launch' });
  const used =
    launch.length <= 1000
      ? await x.site.store.launches.use(secretHash(launch), clientOf(x).clientId, x.now)
      : undefined;
  if (!used) throw new OAuthError('launch-unknown', { received: `${launch.length} characters` });
  x.launch = { ...used.context, accountId: used.accountId };
});

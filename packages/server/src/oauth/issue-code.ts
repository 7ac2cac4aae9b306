import type { Scope } from '@chartgate/fhir';
import type { SignedIn } from '../store/account-ports.ts';
import type { UserAuthorization } from '../store/authorization-ports.ts';
import { audit, partiesOf, patientsOf } from './audited.ts';
import { closeRequest, pendingOf, returnToApp } from './authorization-request.ts';
import { clientOf, type Exchange, type GateAnswer } from './exchange.ts';
import { textOfScopes } from './scope.ts';
import { newIdentifier, newSecret, secretHash } from './secret.ts';

/** Ends the request with what the user gives, and sends the code for it to the app. A request ends once. */
export async function issueCode(x: Exchange, signedIn: SignedIn, scopes: readonly Scope[]): Promise<GateAnswer> {
  await closeRequest(x);
  const { request } = pendingOf(x);
  const code = newSecret();
  const authorization = authorizationOf(x, signedIn, scopes);
  await x.site.store.authorizations.insert(authorization, {
    hash: secretHash(code),
    expiresAt: x.now + x.settings.code_lifetime * 1000,
    redirectUri: request.redirectUri,
    codeChallenge: request.codeChallenge,
  });
  const { scope } = authorization;
  await audit(x, { act: 'authorization-given', scope, ...patientsOf(authorization) }, partiesOf(authorization));
  return returnToApp(x, request, { code });
}

function authorizationOf(x: Exchange, { account, session }: SignedIn, scopes: readonly Scope[]): UserAuthorization {
  const { request } = pendingOf(x);
  const { patient, encounter, nonce, launch } = request;
  const { intent, needPatientBanner, fhirContext } = launch ?? {};
  const endsWithSession = hasName(scopes, 'online_access') && !hasName(scopes, 'offline_access');
  return {
    authorizationId: newIdentifier(),
    clientId: request.clientId,
    clientEpoch: clientOf(x).epoch,
    accountId: account.accountId,
    accountEpoch: account.epoch,
    ...(endsWithSession ? { sessionHash: session.hash } : {}),
    scope: textOfScopes(scopes),
    ...(patient === undefined ? {} : { patient }),
    ...(encounter === undefined ? {} : { encounter }),
    context: {
      ...(intent === undefined ? {} : { intent }),
      ...(needPatientBanner === undefined ? {} : { needPatientBanner }),
      ...(fhirContext === undefined ? {} : { fhirContext }),
    },
    ...(nonce === undefined ? {} : { nonce }),
    authTime: session.authTime,
    amr: session.amr,
    createdAt: x.now,
  };
}

function hasName(scopes: readonly Scope[], name: string): boolean {
  return scopes.some((scope) => scope.kind === 'named' && scope.text === name);
}

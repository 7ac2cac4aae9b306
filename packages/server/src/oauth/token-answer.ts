import type { UserAuthorization } from '../store/authorization-ports.ts';
import { clientOf, type Exchange, type GateAnswer, privateJson } from './exchange.ts';
import { idToken } from './id-token.ts';
import { scopeNames } from './scope.ts';

/**
 * The token response of what a user gave: the tokens, and the context they were given in.
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#response-5
 */
export async function tokenAnswer(x: Exchange, authorization: UserAuthorization): Promise<GateAnswer> {
  const names = scopeNames(x.grantedScope);
  const identity = names.has('openid') ? await idToken(x, authorization, clientOf(x)) : undefined;
  return privateJson(200, {
    access_token: x.accessToken,
    token_type: 'Bearer',
    expires_in: x.settings.access_token_lifetime,
    scope: x.grantedScope,
    ...(x.issuedRefreshToken === undefined ? {} : { refresh_token: x.issuedRefreshToken }),
    ...launchContext(x, authorization),
    ...(identity === undefined ? {} : { id_token: identity }),
  });
}

function launchContext({ site }: Exchange, { scope, patient, encounter, context }: UserAuthorization) {
  const { intent, needPatientBanner = true, fhirContext } = context;
  const isLaunched = patient !== undefined || scopeNames(scope).has('launch');
  return {
    ...(patient === undefined ? {} : { patient }),
    ...(encounter === undefined ? {} : { encounter }),
    ...(isLaunched
      ? { need_patient_banner: needPatientBanner, smart_style_url: `${site.issuer}/smart/smart-style` }
      : {}),
    ...(fhirContext === undefined ? {} : { fhirContext }),
    ...(intent === undefined ? {} : { intent }),
  };
}

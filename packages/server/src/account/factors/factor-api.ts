import { api, byMethod, done, json, member } from '../api.ts';
import { ownerOf, requireFreshSignIn, requireSessionToken } from '../signed-in.ts';
import { beginAuthenticator, confirmAuthenticator, removeAuthenticator } from './authenticator.ts';
import { codesJson, confirmBody, factorBody, factorsJson, newAuthenticatorJson, proofBody } from './factor-json.ts';
import { renewRecoveryCodes } from './renew-recovery-codes.ts';
import { factorIn, secondFactorsOf } from './second-factors.ts';

const fresh = [requireSessionToken, requireFreshSignIn];

/** `GET /account/me/second-factors` */
export const showSecondFactors = api({
  name: 'account/me/second-factors',
  method: 'GET',
  steps: [requireSessionToken],
  answer: async (x) =>
    json(200, factorsJson, {
      second_factors: [...(await secondFactorsOf(x, ownerOf(x)))],
      recovery_codes_left: await x.site.store.recoveryCodes.count(ownerOf(x).accountId),
    }),
});

/** `/account/me/totp`: `POST` begins a set-up, `DELETE` with a second factor removes the authenticator. */
export const ownTotp = byMethod({
  POST: api({
    name: 'account/me/totp',
    method: 'POST',
    body: proofBody,
    steps: fresh,
    answer: async (x) => {
      const { secret, uri } = await beginAuthenticator(x, ownerOf(x));
      return json(201, newAuthenticatorJson, { secret, otpauth_uri: uri });
    },
  }),
  DELETE: api({
    name: 'account/me/totp',
    method: 'DELETE',
    body: factorBody,
    steps: [requireSessionToken],
    answer: async (x) => {
      await removeAuthenticator(x, ownerOf(x), factorIn(x));
      return done;
    },
  }),
});

/** `POST /account/me/totp/confirm`: the first code takes the authenticator into use. */
export const confirmOwnTotp = api({
  name: 'account/me/totp/confirm',
  method: 'POST',
  body: confirmBody,
  steps: fresh,
  answer: async (x) =>
    json(200, codesJson, { recovery_codes: [...(await confirmAuthenticator(x, ownerOf(x), member(x, 'totp')))] }),
});

/** `POST /account/me/recovery-codes`: new ones in place of the old, for a second factor. */
export const ownRecoveryCodes = api({
  name: 'account/me/recovery-codes',
  method: 'POST',
  body: factorBody,
  steps: [requireSessionToken],
  answer: async (x) =>
    json(200, codesJson, { recovery_codes: [...(await renewRecoveryCodes(x, ownerOf(x), factorIn(x)))] }),
});

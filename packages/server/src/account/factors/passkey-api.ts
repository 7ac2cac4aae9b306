import type { z } from 'zod';
import { OAuthError } from '../../oauth/oauth-error.ts';
import type { Passkey } from '../../store/factor-ports.ts';
import { iso } from '../account-json.ts';
import { api, bodyOf, byMethod, done, json, member, strangers } from '../api.ts';
import { startSession } from '../session.ts';
import { sessionAnswer } from '../sign-in/session-api.ts';
import { ownerOf, requireFreshSignIn, requireSessionToken } from '../signed-in.ts';
import {
  factorBody,
  newPasskeyBody,
  newPasskeyJson,
  optionsJson,
  type passkeyJson,
  passkeyListJson,
  passkeySignInBody,
  proofBody,
  renameBody,
} from './factor-json.ts';
import { passkeyCreationOptions, registerPasskey } from './passkey-registration.ts';
import { passkeyRequestOptions, usePasskey } from './passkey-sign-in.ts';
import { removePasskey } from './remove-passkey.ts';
import { factorIn } from './second-factors.ts';

const fresh = [requireSessionToken, requireFreshSignIn];

/** `/account/me/passkeys`: `GET` lists, `POST` takes a new one into use. */
export const ownPasskeys = byMethod({
  GET: api({
    name: 'account/me/passkeys',
    method: 'GET',
    steps: [requireSessionToken],
    answer: async (x) => {
      const passkeys = await x.site.store.passkeys.list(ownerOf(x).accountId);
      return json(200, passkeyListJson, { passkeys: passkeys.map(toJson) });
    },
  }),
  POST: api({
    name: 'account/me/passkeys',
    method: 'POST',
    body: newPasskeyBody,
    steps: fresh,
    answer: async (x) => {
      const { passkey, recoveryCodes } = await registerPasskey(x, ownerOf(x), bodyOf(x, newPasskeyBody));
      return json(201, newPasskeyJson, { ...toJson(passkey), recovery_codes: [...recoveryCodes] });
    },
  }),
});

/** `POST /account/me/passkeys/options`: for `navigator.credentials.create`. */
export const newPasskeyOptions = api({
  name: 'account/me/passkeys/options',
  method: 'POST',
  body: proofBody,
  steps: fresh,
  answer: async (x) => json(200, optionsJson, { ...(await passkeyCreationOptions(x, ownerOf(x))) }),
});

/** `POST /account/me/passkeys/challenge`: for `navigator.credentials.get`, as a second factor of who is signed in. */
export const ownPasskeyChallenge = api({
  name: 'account/me/passkeys/challenge',
  method: 'POST',
  steps: [requireSessionToken],
  answer: async (x) => json(200, optionsJson, { ...(await passkeyRequestOptions(x, ownerOf(x))) }),
});

/** `/account/me/passkeys/{id}`: `PATCH` renames, `DELETE` with a second factor removes. */
export const ownPasskey = byMethod({
  PATCH: api({
    name: 'account/me/passkeys',
    method: 'PATCH',
    body: renameBody,
    steps: [requireSessionToken],
    answer: async (x) => {
      const { passkey: id = '' } = x.request.parameters;
      const isRenamed = await x.site.store.passkeys.rename(ownerOf(x).accountId, id, member(x, 'name'));
      if (!isRenamed) throw new OAuthError('passkey-unknown');
      return done;
    },
  }),
  DELETE: api({
    name: 'account/me/passkeys',
    method: 'DELETE',
    body: factorBody,
    steps: [requireSessionToken],
    answer: async (x) => {
      await removePasskey(x, x.request.parameters.passkey ?? '', factorIn(x));
      return done;
    },
  }),
});

/** `POST /account/passkeys/options`: for `navigator.credentials.get`, to sign in without a name. */
export const passkeyOptions = api({
  name: 'account/passkeys/options',
  method: 'POST',
  steps: strangers,
  answer: async (x) => json(200, optionsJson, { ...(await passkeyRequestOptions(x)) }),
});

/** `POST /account/passkeys/sessions`: signs in an app. A browser signs in by the page. */
export const passkeySessions = api({
  name: 'account/passkeys/sessions',
  method: 'POST',
  body: passkeySignInBody,
  steps: strangers,
  answer: async (x) => {
    const used = await usePasskey(x, bodyOf(x, passkeySignInBody).response);
    if (!used) throw new OAuthError('passkey-wrong');
    const { token } = await startSession(x, used.account, [used.amr, 'mfa']);
    return sessionAnswer(x, token, used);
  },
});

function toJson({ passkeyId, name, isSynced, createdAt, lastUsedAt }: Passkey): z.infer<typeof passkeyJson> {
  return {
    passkey_id: passkeyId,
    name,
    is_synced: isSynced,
    created_at: iso(createdAt),
    last_used_at: lastUsedAt === undefined ? null : iso(lastUsedAt),
  };
}

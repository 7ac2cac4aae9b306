import { z } from 'zod';
import { OAuthError } from '../oauth/oauth-error.ts';
import type { Passkey } from '../store/factor-ports.ts';
import { beginAuthenticator, confirmAuthenticator, removeAuthenticator } from './authenticator.ts';
import { bodyOf, json, jsonEndpoint, methods, nothing, requireBody } from './json-endpoint.ts';
import { ownerOf, requireFreshOwner, requireOwnerByToken } from './owner.ts';
import { passkeyCreationOptions, registerPasskey } from './passkey-registration.ts';
import { passkeyRequestOptions, usePasskey } from './passkey-sign-in.ts';
import { removePasskey } from './remove-passkey.ts';
import { renewRecoveryCodes } from './renew-recovery-codes.ts';
import { secondFactorsOf } from './second-factors.ts';
import { startSession } from './session.ts';

/** The JSON of second factors, requests and answers. The wire's spelling. */
const code = z.string().max(100);
const factorBody = z.strictObject({
  totp: code.optional(),
  recovery_code: code.optional(),
  passkey: z.record(z.string(), z.unknown()).optional().describe('what navigator.credentials.get gave, as JSON'),
});
const recoveryCodes = z.array(z.string()).describe('shown once; empty where the account has some already');
const newAuthenticatorJson = z.strictObject({ secret: z.string(), otpauth_uri: z.string() });
const confirmBody = z.strictObject({ totp: code });
const codesJson = z.strictObject({ recovery_codes: recoveryCodes });
const factorsJson = z.strictObject({ second_factors: z.array(z.string()), recovery_codes_left: z.int() });
const name = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^\P{C}*$/u, 'must not hold control characters');
const newPasskeyBody = z.strictObject({ name, response: z.record(z.string(), z.unknown()) });
const renameBody = z.strictObject({ name });
const passkeyJson = z.strictObject({
  passkey_id: z.string(),
  name: z.string(),
  is_synced: z.boolean(),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().nullable(),
});
const passkeyListJson = z.strictObject({ passkeys: z.array(passkeyJson) });
const newPasskeyJson = passkeyJson.extend({ recovery_codes: recoveryCodes });
const optionsJson = z.looseObject({ challenge: z.string() });
const signInBody = z.strictObject({ response: z.record(z.string(), z.unknown()) });
const sessionJson = z.strictObject({
  session_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('seconds without use'),
  user_name: z.string(),
});

const owner = [requireOwnerByToken];
const freshOwner = [requireOwnerByToken, requireFreshOwner];

/** `GET /account/me/second-factors` */
export const showSecondFactors = jsonEndpoint('account/me/second-factors', owner, async (x) =>
  json(200, factorsJson, {
    second_factors: [...(await secondFactorsOf(x, ownerOf(x)))],
    recovery_codes_left: await x.site.store.recoveryCodes.count(ownerOf(x).accountId),
  }),
);

/** `/account/me/totp`: `POST` begins a set-up, `DELETE` with a second factor removes the authenticator. */
export const ownTotp = methods({
  POST: jsonEndpoint('account/me/totp', freshOwner, async (x) => {
    const { secret, uri } = await beginAuthenticator(x, ownerOf(x));
    return json(201, newAuthenticatorJson, { secret, otpauth_uri: uri });
  }),
  DELETE: jsonEndpoint('account/me/totp', [...owner, requireBody(factorBody)], async (x) => {
    await removeAuthenticator(x, ownerOf(x), bodyOf(x, factorBody));
    return nothing;
  }),
});

/** `POST /account/me/totp/confirm`: the first code takes the authenticator into use. */
export const confirmOwnTotp = methods({
  POST: jsonEndpoint('account/me/totp/confirm', [...freshOwner, requireBody(confirmBody)], async (x) =>
    json(200, codesJson, {
      recovery_codes: [...(await confirmAuthenticator(x, ownerOf(x), bodyOf(x, confirmBody).totp))],
    }),
  ),
});

/** `POST /account/me/recovery-codes`: new ones in place of the old, for a second factor. */
export const ownRecoveryCodes = methods({
  POST: jsonEndpoint('account/me/recovery-codes', [...owner, requireBody(factorBody)], async (x) => {
    const codes = await renewRecoveryCodes(x, ownerOf(x), bodyOf(x, factorBody));
    return json(200, codesJson, { recovery_codes: [...codes] });
  }),
});

/** `/account/me/passkeys`: `GET` lists, `POST` takes a new one into use. */
export const ownPasskeys = methods({
  GET: jsonEndpoint('account/me/passkeys', owner, async (x) => {
    const passkeys = await x.site.store.passkeys.list(ownerOf(x).accountId);
    return json(200, passkeyListJson, { passkeys: passkeys.map(toJson) });
  }),
  POST: jsonEndpoint('account/me/passkeys', [...freshOwner, requireBody(newPasskeyBody)], async (x) => {
    const { passkey, recoveryCodes } = await registerPasskey(x, ownerOf(x), bodyOf(x, newPasskeyBody));
    return json(201, newPasskeyJson, { ...toJson(passkey), recovery_codes: [...recoveryCodes] });
  }),
});

/** `POST /account/me/passkeys/options`: for `navigator.credentials.create`. */
export const newPasskeyOptions = methods({
  POST: jsonEndpoint('account/me/passkeys/options', freshOwner, async (x) =>
    json(200, optionsJson, { ...(await passkeyCreationOptions(x, ownerOf(x))) }),
  ),
});

/** `POST /account/me/passkeys/challenge`: for `navigator.credentials.get`, as a second factor of who is signed in. */
export const ownPasskeyChallenge = methods({
  POST: jsonEndpoint('account/me/passkeys/challenge', owner, async (x) =>
    json(200, optionsJson, { ...(await passkeyRequestOptions(x, ownerOf(x))) }),
  ),
});

/** `/account/me/passkeys/{id}`: `PATCH` renames, `DELETE` with a second factor removes. */
export const ownPasskey = methods({
  PATCH: jsonEndpoint('account/me/passkeys', [...owner, requireBody(renameBody)], async (x) => {
    const { passkey: id = '' } = x.request.parameters;
    const isRenamed = await x.site.store.passkeys.rename(ownerOf(x).accountId, id, bodyOf(x, renameBody).name);
    if (!isRenamed) throw new OAuthError('passkey-unknown');
    return nothing;
  }),
  DELETE: jsonEndpoint('account/me/passkeys', [...owner, requireBody(factorBody)], async (x) => {
    await removePasskey(x, x.request.parameters.passkey ?? '', bodyOf(x, factorBody));
    return nothing;
  }),
});

/** `POST /account/passkeys/options`: for `navigator.credentials.get`, to sign in without a name. */
export const passkeyOptions = methods({
  POST: jsonEndpoint('account/passkeys/options', [], async (x) =>
    json(200, optionsJson, { ...(await passkeyRequestOptions(x)) }),
  ),
});

/** `POST /account/passkeys/sessions`: signs in an app. A browser signs in by the page. */
export const passkeySessions = methods({
  POST: jsonEndpoint('account/passkeys/sessions', [requireBody(signInBody)], async (x) => {
    const used = await usePasskey(x, bodyOf(x, signInBody).response);
    if (!used) throw new OAuthError('passkey-wrong');
    const { token } = await startSession(x, used.account, [used.amr, 'mfa']);
    return json(201, sessionJson, {
      session_token: token,
      token_type: 'Bearer',
      expires_in: x.settings.session_lifetime,
      user_name: used.account.userName,
    });
  }),
});

function toJson({ passkeyId, name, isSynced, createdAt, lastUsedAt }: Passkey): z.infer<typeof passkeyJson> {
  return {
    passkey_id: passkeyId,
    name,
    is_synced: isSynced,
    created_at: new Date(createdAt).toISOString(),
    last_used_at: lastUsedAt === undefined ? null : new Date(lastUsedAt).toISOString(),
  };
}

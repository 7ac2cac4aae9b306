import { z } from 'zod';

/** The JSON of second factors, requests and answers. The wire's spelling. */
const code = z.string().max(100);
const credential = z.record(z.string(), z.unknown());
const factor = {
  totp: code.optional(),
  recovery_code: code.optional(),
  passkey: credential.optional().describe('what navigator.credentials.get gave, as JSON'),
};
/** What may stand in for a sign-in of the last 10 minutes. */
const proof = { password: z.string().max(1000).optional(), ...factor };
const recoveryCodes = z.array(z.string()).describe('shown once; empty where the account has some already');
const name = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^\P{C}*$/u, 'must not hold control characters');

export const factorBody = z.strictObject(factor);
export const proofBody = z.strictObject(proof);
export const confirmBody = z.strictObject({ ...proof, totp: code });
export const newPasskeyBody = z.strictObject({ ...proof, name, response: credential });
export const renameBody = z.strictObject({ name });
export const passkeySignInBody = z.strictObject({ response: credential });

export const newAuthenticatorJson = z.strictObject({ secret: z.string(), otpauth_uri: z.string() });
export const codesJson = z.strictObject({ recovery_codes: recoveryCodes });
export const factorsJson = z.strictObject({ second_factors: z.array(z.string()), recovery_codes_left: z.int() });
export const passkeyJson = z.strictObject({
  passkey_id: z.string(),
  name: z.string(),
  is_synced: z.boolean(),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().nullable(),
});
export const passkeyListJson = z.strictObject({ passkeys: z.array(passkeyJson) });
export const newPasskeyJson = passkeyJson.extend({ recovery_codes: recoveryCodes });
export const optionsJson = z.looseObject({ challenge: z.string() });

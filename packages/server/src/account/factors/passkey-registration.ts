import { generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import { z } from 'zod';
import { audit } from '../../oauth/audited.ts';
import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { newIdentifier } from '../../oauth/secret.ts';
import type { Account } from '../../store/account-ports.ts';
import type { Passkey } from '../../store/factor-ports.ts';
import { notify } from '../mail/notify.ts';
import { passkeyAdded } from './letters.ts';
import {
  base64url,
  challengeLifetime,
  newChallenge,
  relyingParty,
  useChallenge,
  userHandle,
  verifying,
} from './passkey-challenge.ts';
import { firstRecoveryCodes } from './recovery-codes.ts';

/** An account has at most so many. */
const mostPasskeys = 20;

/** ES256, EdDSA, RS256. @see https://www.iana.org/assignments/cose/cose.xhtml#algorithms */
const algorithms = [-7, -8, -257];

/** What `navigator.credentials.create` gives, as JSON. @see https://www.w3.org/TR/webauthn-3/#dictdef-registrationresponsejson */
const registrationResponse = z.object({
  id: base64url(1400),
  rawId: base64url(1400),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(4000),
    attestationObject: base64url(20_000),
    transports: z
      .array(z.string().regex(/^[a-z-]{1,20}$/))
      .max(10)
      .optional(),
  }),
});

/** What a browser needs to make a passkey for the account. */
export async function passkeyCreationOptions(x: Exchange, account: Account) {
  const known = await x.site.store.passkeys.list(account.accountId);
  const { rpID } = relyingParty(x);
  return generateRegistrationOptions({
    rpID,
    rpName: rpID,
    userName: account.userName,
    userDisplayName: account.userName,
    userID: userHandle(account.accountId),
    challenge: await newChallenge(x, { purpose: 'registration', accountId: account.accountId }),
    timeout: challengeLifetime,
    attestationType: 'none',
    excludeCredentials: known.map(({ credentialId }) => ({ id: Buffer.from(credentialId).toString('base64url') })),
    // discoverable: whoever signs in by it need not write a name
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    supportedAlgorithmIDs: algorithms,
  });
}

/**
 * Takes a new passkey into use.
 * @returns it, and recovery codes where the account had none
 * @throws {OAuthError} passkey-wrong, passkey-limit
 * @see https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
 */
export async function registerPasskey(
  x: Exchange,
  account: Account,
  { name, response }: { readonly name: string; readonly response: unknown },
): Promise<{ readonly passkey: Passkey; readonly recoveryCodes: readonly string[] }> {
  const { credential, transports, isSynced } = await verified(x, account, response);
  const passkey: Passkey = {
    credentialId: Buffer.from(credential.id, 'base64url'),
    passkeyId: newIdentifier(),
    accountId: account.accountId,
    name,
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports,
    isSynced,
    createdAt: x.now,
  };
  if (!(await x.site.store.passkeys.insert(passkey, mostPasskeys))) throw new OAuthError('passkey-limit');
  await audit(x, { act: 'account-changed', change: 'factor' }, { accountId: account.accountId });
  await notify(x, account, passkeyAdded);
  return { passkey, recoveryCodes: await firstRecoveryCodes(x, account) };
}

async function verified(x: Exchange, { accountId }: Account, sent: unknown) {
  const read = registrationResponse.safeParse(sent);
  if (!read.success) throw new OAuthError('passkey-wrong', { received: 'another shape' });
  const { id, rawId, type, response } = read.data;
  const { transports = [], clientDataJSON, attestationObject } = response;
  const challenge = await useChallenge(x, { purpose: 'registration', accountId }, clientDataJSON);
  if (challenge === undefined) throw new OAuthError('passkey-wrong', { received: 'no challenge that is good here' });
  const { rpID, origin } = relyingParty(x);
  const info = await verifying(async () => {
    if (isCertified(attestationObject)) return undefined;
    const { registrationInfo } = await verifyRegistrationResponse({
      response: { id, rawId, type, clientExtensionResults: {}, response: { clientDataJSON, attestationObject } },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpID,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    });
    return registrationInfo;
  });
  if (info === undefined || info.credential.id !== id) throw new OAuthError('passkey-wrong');
  return { credential: info.credential, transports, isSynced: info.credentialDeviceType === 'multiDevice' };
}

/**
 * Whether an attestation (base64url) has a certificate. It could name an address where it is revoked, which the library
 * would fetch; we asked for none.
 */
export function isCertified(attestationObject: string): boolean {
  const attestation = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')));
  const format = attestation.get('fmt');
  return !(format === 'none' || format === 'packed') || attestation.get('attStmt').get('x5c') !== undefined;
}

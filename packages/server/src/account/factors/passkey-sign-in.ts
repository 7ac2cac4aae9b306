import { generateAuthenticationOptions, verifyAuthenticationResponse } from '@simplewebauthn/server';
import { z } from 'zod';
import type { Exchange } from '../../oauth/exchange.ts';
import type { Account } from '../../store/account-ports.ts';
import type { Passkey } from '../../store/factor-ports.ts';
import { countChallenge } from '../tries.ts';
import {
  base64url,
  challengeLifetime,
  newChallenge,
  relyingParty,
  useChallenge,
  userHandle,
  verifying,
} from './passkey-challenge.ts';

/** What `navigator.credentials.get` gives, as JSON. @see https://www.w3.org/TR/webauthn-3/#dictdef-authenticationresponsejson */
const authenticationResponse = z.object({
  id: base64url(1400),
  rawId: base64url(1400),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(4000),
    authenticatorData: base64url(4000),
    signature: base64url(2000),
    userHandle: base64url(100).nullish(),
  }),
});

type Answer = z.infer<typeof authenticationResponse>;

/**
 * What a browser needs to ask for a passkey: one of the account's, or any that it has for this server.
 * @throws {OAuthError} too-many-requests: anybody may ask
 */
export async function passkeyRequestOptions(x: Exchange, account?: Account) {
  await countChallenge(x);
  const known = account ? await x.site.store.passkeys.list(account.accountId) : [];
  return generateAuthenticationOptions({
    rpID: relyingParty(x).rpID,
    challenge: await newChallenge(x, purposeOf(account)),
    timeout: challengeLifetime,
    userVerification: 'required',
    allowCredentials: known.map(({ credentialId, transports }) => ({
      id: Buffer.from(credentialId).toString('base64url'),
      transports: [...transports],
    })),
  });
}

const purposeOf = (account: Account | undefined) =>
  ({ purpose: 'authentication', ...(account ? { accountId: account.accountId } : {}) }) as const;

/**
 * Judges a passkey's answer to a challenge, and uses the challenge up.
 * @param sent what `navigator.credentials.get` gave, as JSON or its text
 * @param account whose passkey it must be, and whose challenge; absent: it says by itself who signs in
 * @returns whose it is, and what the session's `amr` gains; undefined where it is wrong
 * @see https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
 */
export async function usePasskey(
  x: Exchange,
  sent: unknown,
  account?: Account,
): Promise<{ readonly account: Account; readonly amr: 'hwk' | 'swk' } | undefined> {
  const answer = readAnswer(sent);
  if (!answer) return undefined;
  const found = await x.site.store.passkeys.find(Buffer.from(answer.id, 'base64url'));
  if (!found || !isItsOwner(answer, found.account, account)) return undefined;
  const info = await verified(x, answer, { passkey: found.passkey, account });
  if (!info) return undefined;
  const isSynced = info.credentialDeviceType === 'multiDevice';
  const used = { counter: info.newCounter, isSynced, now: x.now };
  // of two uses with one counter, on two nodes at once, one is a copy's
  if (!(await x.site.store.passkeys.use(found.passkey.credentialId, used))) return undefined;
  return { account: found.account, amr: isSynced ? 'swk' : 'hwk' };
}

function readAnswer(sent: unknown): Answer | undefined {
  const read = authenticationResponse.safeParse(typeof sent === 'string' ? parsed(sent) : sent);
  return read.success ? read.data : undefined;
}

function parsed(text: string): unknown {
  try {
    return text.length > 20_000 ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where nobody was named before, the passkey itself has to name the account. */
function isItsOwner({ response }: Answer, owner: Account, expected: Account | undefined): boolean {
  const handle = response.userHandle ?? undefined;
  if (handle === undefined) return expected?.accountId === owner.accountId;
  const isOwn = Buffer.from(handle, 'base64url').equals(userHandle(owner.accountId));
  return isOwn && (expected === undefined || expected.accountId === owner.accountId);
}

async function verified(
  x: Exchange,
  { id, rawId, type, response }: Answer,
  { passkey, account }: { readonly passkey: Passkey; readonly account: Account | undefined },
) {
  const { clientDataJSON, authenticatorData, signature } = response;
  const challenge = await useChallenge(x, purposeOf(account), clientDataJSON);
  if (challenge === undefined) return undefined;
  const { rpID, origin } = relyingParty(x);
  return verifying(async () => {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId,
        type,
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature },
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpID,
      requireUserVerification: true,
      credential: { id, publicKey: new Uint8Array(passkey.publicKey), counter: passkey.counter },
    });
    return verified ? authenticationInfo : undefined;
  });
}

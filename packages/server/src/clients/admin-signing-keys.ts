import { z } from 'zod';
import type { Gate, GateSite } from '../oauth/gate.ts';
import { replaceSigningKeys, rotateSigningKey } from '../oauth/key-rotation.ts';
import { keyState, publishedUntil, signingKeys } from '../oauth/signing-key.ts';
import { admin, bodyOf, read } from './admin.ts';

const time = z.iso.datetime();

const keyJson = z.strictObject({
  kid: z.string(),
  state: z
    .enum(['next', 'signing', 'retired', 'past'])
    .describe('published before it signs; signs; published until what it signed has expired; not published any more'),
  created_at: time,
  signs_from: time,
  signs_until: time.nullable().describe('null: no key follows it yet'),
  published_until: time.nullable(),
});

export const signingKeysJson = z.strictObject({ signing_keys: z.array(keyJson) });

export const rotatedKeysJson = signingKeysJson.extend({
  rotated: z.boolean().describe('false: a new key waits for its turn already'),
});

export const rotateBody = z.strictObject({
  now: z
    .boolean()
    .optional()
    .describe(
      'the keys may be known to others: drops them, and all that they signed, and signs with a new one at once',
    ),
});

/** `GET`: the keys that sign id_tokens, or did. */
export const listSigningKeys = admin('GET', async ({ gate, site }) =>
  signingKeysJson.parse(await keysJson(gate, site)),
);

/** `POST`: a new key, which signs once every copy of the JWKS can hold it; with `now`, at once. */
export const rotateSigningKeys = admin('POST', async ({ gate, site, request }) => {
  const { now = false } = read(rotateBody, bodyOf(request));
  const rotated = now ? await replaceSigningKeys(gate, site) : await rotateSigningKey(gate, site);
  return rotatedKeysJson.parse({ rotated, ...(await keysJson(gate, site)) });
});

async function keysJson(gate: Gate, site: GateSite) {
  const shown = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
  const keys = (await signingKeys(gate, site)).map((key) => ({
    kid: key.kid,
    state: keyState(key, gate.now()),
    created_at: shown(key.createdAt),
    signs_from: shown(key.signsFrom),
    signs_until: shown(key.signsUntil),
    published_until: shown(publishedUntil(key)),
  }));
  return { signing_keys: keys };
}

import type { Gate, GateSite } from './gate.ts';
import { currentSigningKey, forgetSigningKeys, keyState, newSigningKey, signingKeys } from './signing-key.ts';

/**
 * A new key is in the JWKS for so long before it signs, ms: no copy that a cache may still keep is without it, whatever
 * the clocks of the nodes say.
 */
export const publishedBefore = 3600_000;

/** How long after its last signature a private key is destroyed, ms: another node's clock may be behind. */
const destroyAfter = 60_000;
/** How long after its last signature a key can tell whether the hint of a sign-out is ours, ms. */
const forgetAfter = 366 * 24 * 3600_000;

/**
 * Puts a new key behind the last one. False where one waits for its turn already, or another node was faster.
 * @throws {Error} on a node with another sealing key: nobody else could sign with its key
 */
export async function rotateSigningKey(gate: Gate, site: GateSite): Promise<boolean> {
  await currentSigningKey(gate, site);
  const [last] = await signingKeys(gate, site);
  if (!last || last.signsUntil !== undefined || last.signsFrom > gate.now()) return false;
  const key = await newSigningKey(gate, gate.now() + publishedBefore);
  const isOurs = await site.store.signingKeys.insertAfter(last.kid, key);
  forgetSigningKeys(site);
  if (isOurs) await gate.audit.record(site.name, { act: 'signing-key-made' });
  return isOurs;
}

/**
 * For keys that may be known to others: drops all there are, so that nothing they signed is believed any more, and signs
 * with a new one at once. False where another node did the same at the same time.
 */
export async function replaceSigningKeys(gate: Gate, site: GateSite): Promise<boolean> {
  const { signingKeys: keys } = site.store;
  const key = await newSigningKey(gate, gate.now());
  let isOurs = await keys.replaceAll(key);
  // a key that was put in line in the same moment is in the way, and must not be what is left
  if (!isOurs && !(await keys.list()).some((one) => keyState(one, gate.now()) === 'signing')) {
    isOurs = await keys.replaceAll(key);
  }
  forgetSigningKeys(site);
  if (isOurs) await gate.audit.record(site.name, { act: 'signing-key-made' });
  return isOurs;
}

/** Rotates where the last key will have signed for `signing_key_lifetime`, and destroys what has signed its last. */
export async function tendSigningKeys(gate: Gate, site: GateSite): Promise<void> {
  const [last] = await site.store.signingKeys.list();
  if (!last) return;
  const now = gate.now();
  const { signing_key_lifetime } = await site.settings();
  if (now >= last.signsFrom + signing_key_lifetime * 1000 - publishedBefore) await rotateSigningKey(gate, site);
  await site.store.signingKeys.retire({ destroy: now - destroyAfter, forget: now - forgetAfter });
}

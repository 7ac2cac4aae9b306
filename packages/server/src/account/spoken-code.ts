import { createHmac, randomInt } from 'node:crypto';
import type { Gate } from '../oauth/gate.ts';

/** Letters and digits that nobody takes for another one: no I, L, O, U, no 0 and 1. 30 of them. */
const alphabet = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';

/** A code to be read out and typed, such as `K7QF-W2MD-X9RT`: 12 characters, 58 random bits. */
export function newSpokenCode(): string {
  const group = () => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return `${group()}-${group()}-${group()}`;
}

/** The code as it is compared, however it was typed; undefined where it cannot be one. */
export function readSpokenCode(typed: string): string | undefined {
  if (typed.length > 100) return undefined;
  const code = typed.toUpperCase().replace(/[\s\-\u2010-\u2015.]/g, '');
  return code.length === 12 && [...code].every((character) => alphabet.includes(character)) ? code : undefined;
}

/**
 * How a code is stored. It is short enough to be guessed by whoever has a copy of the database, so that the hash needs
 * the sealing key, which is not in there.
 * @param purpose keeps codes of different kinds, sites and accounts apart
 */
export function spokenCodeHash({ sealingKey }: Pick<Gate, 'sealingKey'>, purpose: string, code: string): Buffer {
  return createHmac('sha256', sealingKey)
    .update(`${purpose} ${readSpokenCode(code) ?? ''}`)
    .digest();
}

import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Argon2Cost } from '../config.ts';
import { type HashQueue, hashQueue } from './hash-queue.ts';

const saltLength = 16;
const hashLength = 32;

/** Hashes passwords with argon2id and compares them, a few at a time. */
export type Passwords = {
  /** In PHC's form: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
  hash(password: string): Promise<string>;
  /**
   * Whether it is the password of this hash. Without a hash it costs as much, and is false.
   * @param stored in PHC's form
   */
  matches(password: string, stored: string | undefined): Promise<boolean>;
  /** Whether the hash was made at another cost than now. */
  isOutdated(stored: string): boolean;
  readonly queue: HashQueue;
};

/** @see https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md */
export function passwords(cost: Argon2Cost, limits: Parameters<typeof hashQueue>[0]): Passwords {
  const queue = hashQueue(limits);
  const nobodys = { cost, salt: randomBytes(saltLength), hash: randomBytes(hashLength) };
  return {
    queue,
    async hash(password) {
      const salt = randomBytes(saltLength);
      const made = await queue.run(() => derive(password, { cost, salt, length: hashLength }));
      return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(salt)}$${base64(made)}`;
    },
    async matches(password, stored) {
      const known = stored === undefined ? undefined : readPhc(stored);
      const { salt, hash, cost } = known ?? nobodys;
      const made = await queue.run(() => derive(password, { cost, salt, length: hash.length }));
      return timingSafeEqual(made, hash) && known !== undefined;
    },
    isOutdated(stored) {
      const known = readPhc(stored)?.cost;
      return known?.memory !== cost.memory || known.passes !== cost.passes || known.parallelism !== cost.parallelism;
    },
  };
}

type Derivation = { readonly cost: Argon2Cost; readonly salt: Buffer; readonly length: number };

/** One password has several spellings in Unicode, and keyboards differ in which they send. */
function derive(password: string, { cost, salt, length }: Derivation): Promise<Buffer> {
  const parameters = { ...cost, message: password.normalize('NFKC'), nonce: salt, tagLength: length };
  return new Promise((done, failed) => {
    argon2('argon2id', parameters, (error, derived) => (error ? failed(error) : done(derived)));
  });
}

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

function readPhc(text: string): { cost: Argon2Cost; salt: Buffer; hash: Buffer } | undefined {
  const parts = phc.exec(text);
  if (!parts) return undefined;
  const [memory, passes, parallelism] = parts.slice(1, 4).map(Number) as [number, number, number];
  const [salt, hash] = parts.slice(4).map((part) => Buffer.from(part, 'base64')) as [Buffer, Buffer];
  return { cost: { memory, passes, parallelism }, salt, hash };
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

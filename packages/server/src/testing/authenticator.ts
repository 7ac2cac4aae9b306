import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type Json, publicUrl } from './gate.ts';

type Cbor = number | string | Buffer | readonly (readonly [Cbor, Cbor])[] | readonly Buffer[];

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
}

/** As much of CBOR as a passkey needs: integers, texts, bytes, maps, and arrays of bytes. */
export function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const isMap = value.length === 0 || !Buffer.isBuffer(value[0]);
  const parts = isMap ? (value as readonly [Cbor, Cbor][]).flat().map(cbor) : (value as readonly Buffer[]).map(cbor);
  return Buffer.concat([head(isMap ? 5 : 4, value.length), ...parts]);
}

/** What an authenticator may do wrong. */
export type Wrong = {
  readonly origin?: string;
  readonly rpId?: string;
  readonly isUserVerified?: boolean;
  readonly counter?: number;
  readonly userHandle?: string | null;
  readonly crossOrigin?: boolean;
  readonly type?: string;
  readonly key?: KeyObject;
  readonly challenge?: string;
  readonly certificate?: Buffer;
};

/** A passkey in software: P-256, and a counter that goes up. */
export function softwareAuthenticator({ isSynced = false } = {}) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const id = randomBytes(32);
  const coordinate = (text = '') => Buffer.from(text, 'base64url');
  const cose = cbor([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, coordinate(jwk.x)],
    [-3, coordinate(jwk.y)],
  ]);
  let counter = 0;
  let handle = '';

  const clientData = (type: string, challenge: string, wrong: Wrong) =>
    Buffer.from(
      JSON.stringify({
        type: wrong.type ?? type,
        challenge: wrong.challenge ?? challenge,
        origin: wrong.origin ?? publicUrl,
        crossOrigin: wrong.crossOrigin ?? false,
      }),
    );
  const authenticatorData = (wrong: Wrong, attested: Buffer) => {
    const flags = 0x01 | (wrong.isUserVerified === false ? 0 : 0x04) | (attested.length > 0 ? 0x40 : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(wrong.counter ?? ++counter);
    const rp = createHash('sha256')
      .update(wrong.rpId ?? new URL(publicUrl).hostname)
      .digest();
    return Buffer.concat([rp, Buffer.from([flags | (isSynced ? 0x18 : 0)]), count, attested]);
  };
  const text = (bytes: Buffer) => bytes.toString('base64url');
  const named = { id: text(id), rawId: text(id), type: 'public-key' };

  return {
    id: text(id),
    create(options: Json, wrong: Wrong = {}) {
      handle = wrong.userHandle ?? options.user.id;
      const length = Buffer.from([0, id.length]);
      const authData = authenticatorData(wrong, Buffer.concat([Buffer.alloc(16), length, id, cose]));
      const clientDataJSON = clientData('webauthn.create', options.challenge, wrong);
      const statement = wrong.certificate
        ? ([
            ['alg', -7],
            ['sig', sign('sha256', Buffer.concat([authData, sha256(clientDataJSON)]), privateKey)],
            ['x5c', [wrong.certificate]],
          ] as const)
        : [];
      const attestation = cbor([
        ['fmt', wrong.certificate ? 'packed' : 'none'],
        ['attStmt', statement],
        ['authData', authData],
      ]);
      return {
        ...named,
        response: {
          clientDataJSON: text(clientDataJSON),
          attestationObject: text(attestation),
          transports: ['internal'],
        },
      };
    },
    get(options: Json, wrong: Wrong = {}) {
      const clientDataJSON = clientData('webauthn.get', options.challenge, wrong);
      const data = authenticatorData(wrong, Buffer.alloc(0));
      const signature = sign('sha256', Buffer.concat([data, sha256(clientDataJSON)]), wrong.key ?? privateKey);
      const userHandle = wrong.userHandle === undefined ? handle : wrong.userHandle;
      return {
        ...named,
        response: {
          clientDataJSON: text(clientDataJSON),
          authenticatorData: text(data),
          signature: text(signature),
          userHandle,
        },
      };
    },
  };
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

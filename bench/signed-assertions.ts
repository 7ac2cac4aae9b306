import { generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { forEach } from './rate.ts';

const signAsync = promisify(sign);

/** A client's RS384 key: the public half as a JWK of its registration. */
export type ClientKey = {
  readonly jwk: JsonWebKey & { readonly kid: string };
  readonly private: KeyObject;
  readonly public: KeyObject;
};

export function newClientKey(): ClientKey {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'bench', use: 'sig', alg: 'RS384' };
  return { jwk, private: pair.privateKey, public: pair.publicKey };
}

/** Client assertions, signed in advance, each with a `jti` of its own, good for 290 s from now. */
export async function signAssertions(
  key: ClientKey,
  clientId: string,
  audience: string,
  count: number,
): Promise<string[]> {
  const header = encode({ alg: 'RS384', kid: key.jwk.kid, typ: 'JWT' });
  const exp = Math.floor(Date.now() / 1000) + 290;
  const assertions: string[] = [];
  await forEach(
    [...Array(count).keys()].map((n) => n + 1),
    8,
    async () => {
      const text = `${header}.${encode({ iss: clientId, sub: clientId, aud: audience, exp, jti: randomUUID() })}`;
      const signature = await signAsync('sha384', Buffer.from(text), key.private);
      assertions.push(`${text}.${signature.toString('base64url')}`);
      return 1;
    },
  );
  return assertions;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

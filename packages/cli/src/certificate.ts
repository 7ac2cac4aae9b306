import { createPublicKey, randomBytes, sign } from 'node:crypto';
import { privatePem, type SigningKey } from '@chartgate/client';

/** How long a certificate is good for, ms. */
const year = 365 * 24 * 3600 * 1000;

/** DER of an object identifier. */
const oid = {
  sha384WithRsa: Buffer.from('06092a864886f70d01010c', 'hex'),
  ecdsaWithSha384: Buffer.from('06082a8648ce3d040303', 'hex'),
  commonName: Buffer.from('0603550403', 'hex'),
  keyUsage: Buffer.from('0603551d0f', 'hex'),
};

/**
 * A self-signed X.509 v3 certificate for the key, in PEM, good for a year and for signatures only. Its subject is the kid.
 * Written out here because it is thirty lines of DER, and a library for it brings a dozen packages.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export async function selfSigned(key: SigningKey): Promise<string> {
  const { alg, kid, publicJwk } = key;
  const algorithm =
    alg === 'ES384' ? sequence(oid.ecdsaWithSha384) : sequence(oid.sha384WithRsa, Buffer.from('0500', 'hex'));
  const name = sequence(der(0x31, sequence(oid.commonName, der(0x0c, Buffer.from(kid.slice(0, 64))))));
  const now = Date.now();
  const validity = sequence(...[now, now + year].map((time) => der(0x17, utcTime(time))));
  const usage = sequence(oid.keyUsage, Buffer.from('0101ff', 'hex'), der(0x04, Buffer.from('03020780', 'hex')));
  const publicKey = createPublicKey({ key: publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'der' });
  const toSign = sequence(
    der(0xa0, Buffer.from('020102', 'hex')),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    name,
    validity,
    name,
    publicKey,
    der(0xa3, sequence(usage)),
  );
  const signature = sign('sha384', toSign, await privatePem(key));
  const certificate = sequence(toSign, algorithm, der(0x03, Buffer.concat([Buffer.of(0), signature])));
  const lines = certificate.toString('base64').replace(/.{64}(?!$)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----`;
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** Tag, length and content. @see https://www.itu.int/rec/T-REC-X.690 */
function der(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

/** `YYMMDDhhmmssZ` */
function utcTime(time: number): Buffer {
  return Buffer.from(`${new Date(time).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`);
}

import type { SigningKey } from '@chartgate/client';
import { X509CertificateGenerator } from '@peculiar/x509';

const year = 365 * 24 * 3600 * 1000;

/** A self-signed X.509 certificate for the key, in PEM, good for a year. Its subject is the kid. */
export async function selfSigned({ alg, kid, privateKey, publicJwk }: SigningKey): Promise<string> {
  const algorithm =
    alg === 'ES384'
      ? { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }
      : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' };
  const publicKey = await crypto.subtle.importKey('jwk', publicJwk, algorithm, true, ['verify']);
  const now = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${kid}`,
    notBefore: new Date(now),
    notAfter: new Date(now + year),
    signingAlgorithm: algorithm,
    keys: { privateKey: privateKey as CryptoKeyPair['privateKey'], publicKey },
  });
  return certificate.toString('pem');
}

type CryptoKeyPair = Parameters<typeof X509CertificateGenerator.createSelfSigned>[0]['keys'];

import { SignJWT } from 'jose';
import type { SigningKey } from './keys.ts';

/** What an assertion says. `now` is in seconds since the epoch; `lifetime` in seconds, at most 300 (Default: 240). */
export type AssertionOptions = {
  readonly clientId: string;
  readonly tokenEndpoint: string;
  readonly key: SigningKey;
  readonly now?: number | undefined;
  readonly lifetime?: number | undefined;
};

/**
 * Signs a client assertion: `iss` = `sub` = client id, `aud` = the token endpoint, a random `jti`.
 * @returns a compact JWT, good for one token request
 * @see https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html#authentication-jwt-header-values
 */
export function signAssertion(options: AssertionOptions): Promise<string> {
  const now = options.now ?? Math.floor(Date.now() / 1000);
  const lifetime = options.lifetime ?? 240;
  if (!(lifetime > 0 && lifetime <= 300)) throw new RangeError('An assertion lives 300 s at most');
  return (
    new SignJWT({})
      .setProtectedHeader({ alg: options.key.alg, kid: options.key.kid, typ: 'JWT' })
      .setIssuer(options.clientId)
      .setSubject(options.clientId)
      .setAudience(options.tokenEndpoint)
      .setJti(crypto.randomUUID())
      .setIssuedAt(now)
      // Not asked for by SMART, but OpenEMR up to 7.0.3 refuses an assertion without it.
      .setNotBefore(now)
      .setExpirationTime(now + lifetime)
      .sign(options.key.privateKey)
  );
}

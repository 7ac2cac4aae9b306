import { signAssertion } from './assertion.ts';
import { OAuthError, UnexpectedAnswer } from './errors.ts';
import { type CallOptions, exchange, isObject } from './http.ts';
import type { SigningKey } from './keys.ts';

/** An access token. `expiresAt` is in ms since the epoch. */
export type Token = {
  readonly accessToken: string;
  readonly expiresAt: number;
  readonly scope: string;
};

export type ClientCredentials = {
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly key: SigningKey;
  readonly scope: string;
};

/**
 * Gets a token with a signed assertion (client_credentials, private_key_jwt).
 * @throws {OAuthError} with the ticket of the refusal, where the server gives one
 * @see https://hl7.org/fhir/smart-app-launch/backend-services.html
 */
export async function requestToken(credentials: ClientCredentials, options: CallOptions = {}): Promise<Token> {
  const asked = Date.now();
  const assertion = await signAssertion(credentials);
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: credentials.scope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  const init = { method: 'POST', headers, body: form.toString() };
  const { response, body } = await exchange(credentials.tokenEndpoint, init, options);
  return tokenFrom(credentials.tokenEndpoint, response, body, asked);
}

/** @param asked when the request left, ms since the epoch: the token cannot have begun to age before */
function tokenFrom(endpoint: string, response: Response, body: unknown, asked: number): Token {
  if (!response.ok) {
    if (isObject(body) && typeof body.error === 'string') throw new OAuthError(endpoint, response.status, body);
    throw new UnexpectedAnswer(endpoint, response.status, 'expected a token, or an OAuth error in JSON');
  }
  if (!isObject(body) || typeof body.access_token !== 'string' || !/^bearer$/i.test(String(body.token_type))) {
    throw new UnexpectedAnswer(endpoint, response.status, 'expected access_token and token_type Bearer');
  }
  const seconds = Number(body.expires_in);
  return {
    accessToken: body.access_token,
    // Without expires_in the token counts as short-lived, as backend services advise.
    expiresAt: asked + (Number.isFinite(seconds) ? seconds : 300) * 1000,
    scope: typeof body.scope === 'string' ? body.scope : '',
  };
}

/** Gives a token that is good for a while yet. `renew` asks for one that is not `rejected`, which a server refused. */
export type TokenSource = (rejected?: Token) => Promise<Token>;

/** How long before its end a token counts as over, ms. */
const margin = 30_000;

/**
 * A source that gets a token when first asked and renews it before it ends, once for all who wait.
 * @param initial a token from an earlier run @param request how to get one
 */
export function tokenSource(request: () => Promise<Token>, initial?: Token): TokenSource {
  let current = initial;
  let pending: Promise<Token> | undefined;
  return (rejected) => {
    const usable = current && current.expiresAt - Date.now() > margin;
    if (current && usable && current.accessToken !== rejected?.accessToken) return Promise.resolve(current);
    pending ??= request()
      .then((token) => {
        current = token;
        return token;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
}

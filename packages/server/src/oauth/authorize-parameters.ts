import { speaksOpenEmr } from './dialect.ts';
import { check } from './endpoint.ts';
import { clientOf, type Exchange, parameter } from './exchange.ts';
import { OAuthError, shown, shownRedacted } from './oauth-error.ts';

/** The parameters: of the address for GET, of the body for POST. */
export const readRequest = check('request can be read', (x) => {
  const { method, headers, query, body } = x.request;
  if (method !== 'GET' && method !== 'POST') {
    throw new OAuthError('method', { received: method, headers: { allow: 'GET, POST' } });
  }
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (method === 'POST' && type !== 'application/x-www-form-urlencoded') {
    throw new OAuthError('form', { received: `Content-Type: ${shown(headers['content-type'])}` });
  }
  x.form = new Map(new URLSearchParams(method === 'POST' ? body : query));
});

const longest = { state: 2048, nonce: 512, login_hint: 512 } as const;

export const requireBoundedParameters = check('state, nonce and login_hint are short', (x) => {
  for (const [name, most] of Object.entries(longest)) {
    const value = parameter(x, name) ?? '';
    if (value.length > most || /\p{Cc}/u.test(value)) {
      throw new OAuthError('authorize-parameter', { received: `${name} of ${value.length} characters` });
    }
  }
});

export const requireCodeResponse = check('response_type is code', (x) => {
  const responseType = parameter(x, 'response_type');
  if (responseType !== 'code') throw new OAuthError('authorize-response-type', { received: shown(responseType) });
  const mode = parameter(x, 'response_mode');
  if (mode !== undefined && mode !== 'query')
    throw new OAuthError('authorize-response-mode', { received: shown(mode) });
  const object = ['request', 'request_uri'].find((name) => parameter(x, name) !== undefined);
  if (object !== undefined) throw new OAuthError('authorize-object', { received: object });
});

export const requireCodeGrant = check('client may use authorization codes', (x) => {
  const { grant_types } = clientOf(x).metadata;
  if (!grant_types.includes('authorization_code')) {
    throw new OAuthError('authorize-grant', { received: shown(grant_types.join(', ')) });
  }
});

/**
 * Always, for every client; unless the site is to be like OpenEMR, which asks it of public clients alone.
 * @see https://www.rfc-editor.org/rfc/rfc7636#section-4.3
 */
export const requirePkce = check('code_challenge', (x) => {
  const challenge = parameter(x, 'code_challenge');
  const method = parameter(x, 'code_challenge_method');
  if (challenge === undefined && method === undefined && mayGoWithoutPkce(x)) return;
  if (challenge === undefined) throw new OAuthError('pkce-missing', { received: 'no code_challenge' });
  if (method !== 'S256') throw new OAuthError('pkce-method', { received: `code_challenge_method: ${shown(method)}` });
  if (!/^[\w-]{43}$/.test(challenge)) {
    throw new OAuthError('pkce-malformed', { received: `${challenge.length} characters` });
  }
});

/** @see docs/decisions/0029-openemr-compatibility.md for what it costs */
export function mayGoWithoutPkce(x: Exchange): boolean {
  return speaksOpenEmr(x) && clientOf(x).metadata.token_endpoint_auth_method !== 'none';
}

/**
 * The app must mean this server, or a server that fooled it would get its token.
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#obtain-authorization-code
 */
export const requireAudienceOfSite = check('aud is the FHIR base', (x) => {
  const aud = parameter(x, 'aud');
  const { fhirUrl } = x.site;
  if (aud === undefined && speaksOpenEmr(x) && parameter(x, 'launch') === undefined) return;
  if (aud === undefined) throw new OAuthError('aud-missing', { received: 'no aud', expected: fhirUrl });
  const apis = fhirUrl.replace(/\/fhir$/, '');
  const known = speaksOpenEmr(x) ? [fhirUrl, `${apis}/api`, `${apis}/portal`] : [fhirUrl];
  if (!known.includes(aud.replace(/\/$/, ''))) {
    throw new OAuthError('aud-wrong', { received: shownRedacted(aud), expected: fhirUrl });
  }
});

const prompts = ['none', 'login', 'consent', 'select_account'];

/** @see https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest */
export const requirePrompt = check('prompt and max_age', (x) => {
  const asked = parameter(x, 'prompt')?.split(' ') ?? [];
  const isKnown = asked.every((prompt) => prompts.includes(prompt)) && asked.length <= prompts.length;
  if (!isKnown || (asked.includes('none') && asked.length > 1)) {
    throw new OAuthError('authorize-prompt', { received: `prompt: ${shown(asked.join(' '))}` });
  }
  const maxAge = parameter(x, 'max_age');
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)) {
    throw new OAuthError('authorize-prompt', { received: `max_age: ${shown(maxAge)}` });
  }
});

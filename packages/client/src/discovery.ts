import { DiscoveryError } from './errors.ts';
import { type CallOptions, exchange, isObject } from './http.ts';

/** Where a SMART server's parts are, and what it says that it can do. */
export type SmartServer = {
  readonly fhirBase: string;
  readonly tokenEndpoint: string;
  readonly authorizationEndpoint?: string;
  readonly registrationEndpoint?: string;
  readonly introspectionEndpoint?: string;
  readonly revocationEndpoint?: string;
  readonly issuer?: string;
  readonly jwksUri?: string;
  /** Empty when the server does not say. */
  readonly scopesSupported: readonly string[];
  readonly capabilities: readonly string[];
  /** The document that named the token endpoint. */
  readonly source: string;
};

/**
 * Finds the SMART server at a FHIR base, a server's root or an OpenEMR root: first `.well-known/smart-configuration`,
 * then the CapabilityStatement; what they leave out is filled from `.well-known/openid-configuration`.
 * @throws {DiscoveryError} naming every address tried
 * @see https://hl7.org/fhir/smart-app-launch/conformance.html
 */
export async function discover(url: string, options: CallOptions = {}): Promise<SmartServer> {
  const tried: string[] = [];
  for (const base of candidates(url, tried)) {
    const found = (await smartConfiguration(base, options, tried)) ?? (await capabilityStatement(base, options, tried));
    if (!found) continue;
    const whole = found.registrationEndpoint && found.tokenEndpoint ? found : await fillIn(found, options, tried);
    if (whole.tokenEndpoint) return { ...whole, tokenEndpoint: whole.tokenEndpoint };
  }
  throw new DiscoveryError(url, tried);
}

type Found = Omit<SmartServer, 'tokenEndpoint'> & { readonly tokenEndpoint?: string };

/** The FHIR bases that an address may mean, the likeliest first. */
function candidates(text: string, tried: string[]): readonly string[] {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    tried.push('nothing: the address must begin with http:// or https://');
    return [];
  }
  const path = url.pathname
    .replace(/\/(\.well-known\/.*|metadata)?$/, '')
    .replace(/\/oauth2\/([^/]+)$/, '/apis/$1/fhir');
  const base = `${url.origin}${path}`;
  const guesses = ['', '/apis/default/fhir', '/fhir', '/fhir/R4', '/r4', '/baseR4'];
  return /\/(fhir|r4|baseR4)$/i.test(base) ? [base] : guesses.map((guess) => base + guess);
}

async function smartConfiguration(base: string, options: CallOptions, tried: string[]): Promise<Found | undefined> {
  const source = `${base}/.well-known/smart-configuration`;
  const body = await getJson(source, 'application/json', options, tried);
  if (!body || (!body.token_endpoint && !body.authorization_endpoint && !body.issuer)) return undefined;
  return { ...endpoints(body), fhirBase: base, source };
}

/** @see https://hl7.org/fhir/smart-app-launch/STU1/conformance/index.html#declaring-support-for-oauth2-endpoints */
async function capabilityStatement(base: string, options: CallOptions, tried: string[]): Promise<Found | undefined> {
  const source = `${base}/metadata`;
  const body = await getJson(source, 'application/fhir+json', options, tried);
  if (body?.resourceType !== 'CapabilityStatement') return undefined;
  const uris = (Array.isArray(body.rest) ? body.rest : [])
    .flatMap((rest) => extensions(isObject(rest) ? rest.security : undefined))
    .filter((extension) => String(extension.url).endsWith('/oauth-uris'))
    .flatMap(extensions);
  const uri = (name: string) => address(uris.find((extension) => extension.url === name)?.valueUri);
  const [token, authorize, register] = [uri('token'), uri('authorize'), uri('register')];
  return {
    fhirBase: base,
    source,
    scopesSupported: [],
    capabilities: [],
    ...(token ? { tokenEndpoint: token } : {}),
    ...(authorize ? { authorizationEndpoint: authorize } : {}),
    ...(register ? { registrationEndpoint: register } : {}),
  };
}

/** OpenEMR from 7.0.4 names its registration only in openid-configuration; others have no smart-configuration at all. */
async function fillIn(found: Found, options: CallOptions, tried: string[]): Promise<Found> {
  const openEmr = found.fhirBase.replace(/\/apis\/([^/]+)\/fhir$/, '/oauth2/$1');
  const issuers = new Set([found.issuer?.replace(/\/$/, ''), openEmr, found.fhirBase]);
  for (const issuer of issuers) {
    if (!issuer) continue;
    const source = `${issuer}/.well-known/openid-configuration`;
    const body = await getJson(source, 'application/json', options, tried);
    if (!body?.token_endpoint) continue;
    const more = endpoints(body);
    const scopesSupported = found.scopesSupported.length > 0 ? found.scopesSupported : more.scopesSupported;
    return { ...more, ...found, scopesSupported, source: found.tokenEndpoint ? found.source : source };
  }
  return found;
}

async function getJson(
  url: string,
  accept: string,
  options: CallOptions,
  tried: string[],
): Promise<Record<string, unknown> | undefined> {
  const { response, body } = await exchange(url, { headers: { accept }, redirect: 'follow' }, options);
  if (response.ok && isObject(body)) return body;
  tried.push(`${url}: ${response.ok ? 'no JSON' : response.status}`);
  return undefined;
}

function endpoints(body: Record<string, unknown>) {
  return {
    ...named('tokenEndpoint', body.token_endpoint),
    ...named('authorizationEndpoint', body.authorization_endpoint),
    ...named('registrationEndpoint', body.registration_endpoint),
    ...named('introspectionEndpoint', body.introspection_endpoint),
    ...named('revocationEndpoint', body.revocation_endpoint),
    ...named('jwksUri', body.jwks_uri),
    ...named('issuer', body.issuer),
    scopesSupported: words(body.scopes_supported),
    capabilities: words(body.capabilities),
  };
}

function named<K extends string>(name: K, value: unknown): { readonly [P in K]?: string } {
  const url = address(value);
  return (url ? { [name]: url } : {}) as { readonly [P in K]?: string };
}

function address(value: unknown): string | undefined {
  return typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value) ? value : undefined;
}

/** A list of words. OpenEMR up to 7.0.3 wraps its scopes in a second list. */
function words(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value.flat(1) : []).filter((item): item is string => typeof item === 'string');
}

function extensions(value: unknown): readonly Record<string, unknown>[] {
  return isObject(value) && Array.isArray(value.extension) ? value.extension.filter(isObject) : [];
}

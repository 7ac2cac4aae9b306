import type {
  AuthorizationRequest,
  IssuedCode,
  KnownRefreshToken,
  UserAuthorization,
} from '../store/authorization-ports.ts';
import type { Client } from '../store/gate-ports.ts';
import type { Assertion } from './assertion.ts';
import type { PendingRequest } from './authorization-request.ts';
import type { Gate, GateSite } from './gate.ts';
import type { VerificationKey } from './jwks.ts';
import type { SiteSettings } from './settings.ts';

/** A request as the gate's endpoints see it, free of any HTTP framework. Header names are in lower case. */
export type GateRequest = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** What follows the `?`, undecoded. */
  readonly query: string;
  readonly body: string;
  /** Name of the site, as the path says. */
  readonly site: string;
  /** Path parameters, such as `client_id`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The caller's IP address, behind a trusted proxy the forwarded one. */
  readonly remoteAddress: string;
};

export type GateAnswer = {
  readonly status: number;
  /** A list: the header as often, such as `set-cookie`. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** A page where it is Html, else JSON; undefined: no body. */
  readonly body: unknown;
};

/** What the checks of an endpoint know about the request; each adds what it found. */
export type Exchange = {
  readonly gate: Gate;
  readonly site: GateSite;
  readonly settings: SiteSettings;
  readonly request: GateRequest;
  /** ms since the epoch, the same for all checks. */
  readonly now: number;
  form?: ReadonlyMap<string, string>;
  /** The authorization request that a page is about. */
  pending?: PendingRequest;
  /** Where the app waits, once that is known to be an address of its own. */
  returnTo?: Pick<AuthorizationRequest, 'redirectUri' | 'state'>;
  /** The launch that the authorization request used up. */
  launch?: NonNullable<AuthorizationRequest['launch']>;
  /** The authorization code that the request shows, and the refresh token; what they are worth is up to the checks. */
  code?: IssuedCode;
  refreshToken?: KnownRefreshToken;
  /** What a user gives without a code, such as by a password. */
  authorization?: UserAuthorization;
  /** The client that the request names; what it proves is up to the checks that follow. */
  client?: Client;
  /** The client was believed by its name alone, though it has a secret: an OpenEMR's way to refresh. */
  isUnproven?: true;
  assertion?: Assertion;
  /** The registered keys among which the assertion's is looked for. */
  keys?: readonly VerificationKey[];
  key?: VerificationKey;
  /** The scopes of the token, separated by spaces. */
  grantedScope?: string;
  accessToken?: string;
  /** The refresh token that was issued with it. */
  issuedRefreshToken?: string;
};

/** A parameter of the form; undefined where it is absent or empty (RFC 6749 section 3.2: the two are the same). */
export function parameter(x: Exchange, name: string): string | undefined {
  return x.form?.get(name) || undefined;
}

/** The client, once a check has found it. */
export function clientOf(x: Exchange): Client {
  if (!x.client) throw new TypeError('No check has found the client yet');
  return x.client;
}

/** A JSON answer that no cache may keep. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
export function privateJson(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): GateAnswer {
  return { status, headers: { 'cache-control': 'no-store', pragma: 'no-cache', ...headers }, body };
}

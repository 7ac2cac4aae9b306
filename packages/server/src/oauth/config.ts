import { type AccountConfig, defaultAccountConfig } from '../account/config.ts';
import type { RateLimit } from './rate-limit.ts';
import type { SiteSettings } from './settings.ts';

/** What an operator may set of the gate. */
export type GateConfig = {
  /** Under which the outside world reaches the server, without a slash at the end. */
  readonly publicUrl: string;
  /** The settings of a site where its administrators set nothing. */
  readonly settings: Partial<SiteSettings>;
  /** How far a client's clock may be off, seconds. */
  readonly clockSkew: number;
  /** For development: `jwks_uri` may point at this machine, over plain http too. */
  readonly allowLoopbackJwks: boolean;
  /** For the whole fetch of a `jwks_uri`, ms. */
  readonly jwksTimeout: number;
  /** Refused requests of an address. */
  readonly refusals: RateLimit;
  /** Requests to the authorization endpoint of an address: each is kept for a while. */
  readonly authorizations: RateLimit;
  /** Registrations of an address. */
  readonly registrations: RateLimit;
  /** Registrations of everybody together, on all nodes, in 24 hours. */
  readonly registrationsPerDay: number;
  readonly tickets: { readonly days: number; readonly perClient: number; readonly withoutClient: number };
  /** Registrations nobody decided on are dropped after so many days. */
  readonly pendingDays: number;
  /** Between two clean-ups, s. */
  readonly sweepInterval: number;
  readonly accounts: AccountConfig;
};

/** The settings where nothing else is said. */
export const defaultGateConfig: Omit<GateConfig, 'publicUrl'> = {
  settings: {},
  clockSkew: 30,
  allowLoopbackJwks: false,
  jwksTimeout: 5000,
  refusals: { perMinute: 60, burst: 60 },
  authorizations: { perMinute: 120, burst: 300 },
  registrations: { perMinute: 10, burst: 30 },
  registrationsPerDay: 5000,
  tickets: { days: 7, perClient: 200, withoutClient: 2000 },
  pendingDays: 90,
  sweepInterval: 60,
  accounts: defaultAccountConfig,
};

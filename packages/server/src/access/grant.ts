import type { Scope } from '@chartgate/fhir';
import type { AccessGrant } from './rule.ts';

/** What a verified access token stands for. Made by `oauth/` from the token, turned into an access rule by `access/`. */
export type Grant = {
  readonly site: string;
  readonly clientId: string;
  /** What a user gave the client by, and that user's account; for the audit. */
  readonly authorizationId?: string;
  readonly accountId?: string;
  readonly scopes: readonly Scope[];
  /** Logical id of the launch context's patient, for `patient/` scopes. */
  readonly patient?: string;
  /** Who signed in, for `user/` scopes. */
  readonly user?: GrantUser;
  /** What stays closed whatever the scopes open, such as what has a security label. */
  readonly denies?: readonly AccessGrant[];
  /** The record that the user opens in an emergency. */
  readonly breakGlass?: BreakGlass;
  /** ms since the epoch. */
  readonly expiresAt: number;
};

/**
 * A user and what the user may see: all records of the site (a practitioner), or those of the patients listed (a
 * patient, a guardian, a practitioner with a panel). An empty list is nobody's record, not everybody's.
 */
export type GrantUser = {
  /** The `fhirUser`: `Practitioner/1`. */
  readonly reference: string;
} & ({ readonly opens: 'site' } | { readonly opens: 'patients'; readonly patients: readonly string[] });

/** Access beyond what the user may see, for reading alone. Times are ms since the epoch. */
export type BreakGlass = {
  /** Why, in the user's own words. */
  readonly reason: string;
  /** Logical id of the patient whose record is opened. */
  readonly patient: string;
  readonly from: number;
  readonly until: number;
};

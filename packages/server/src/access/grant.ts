import type { Scope } from '@chartgate/fhir';

/** What a verified access token stands for. Made by `oauth/` from the token, turned into an access rule by `access/`. */
export type Grant = {
  readonly site: string;
  readonly clientId: string;
  readonly scopes: readonly Scope[];
  /** Logical id of the launch context's patient, for `patient/` scopes. */
  readonly patient?: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
};

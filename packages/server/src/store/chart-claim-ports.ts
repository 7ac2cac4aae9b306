import type { ChartLink } from './account-ports.ts';

type Relationship = ChartLink['relationship'];

/** A code that opens one chart, once. Times are ms since the epoch. */
export type Invitation = {
  readonly invitationId: string;
  /** Logical id. */
  readonly patient: string;
  readonly relationship: Relationship;
  /** Only an account with this address, folded, may use it. */
  readonly emailKey?: string;
  /** An account, or `admin`. */
  readonly madeBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
};

export interface InvitationStore {
  insert(hash: Uint8Array, invitation: Invitation): Promise<void>;
  /** Counts a try of a code that is alive, before it is judged: after `most` of them it is dead. */
  tryOnce(hash: Uint8Array, most: number, now: number): Promise<Invitation | undefined>;
  /** Uses the code up and links the chart, in one statement. False where it was used meanwhile. */
  redeem(hash: Uint8Array, accountId: string, now: number): Promise<boolean>;
  /** Those that can still be used, the newest first, at most `limit`. */
  list(now: number, limit: number): Promise<readonly Invitation[]>;
  /** Takes back one that nobody used. */
  remove(invitationId: string): Promise<boolean>;
}

/** What somebody writes who asks for a chart. */
export type ChartClaim = {
  readonly givenName: string;
  readonly familyName: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string;
  readonly identifier?: string;
  readonly relationship: Relationship;
  /** To whoever looks at it. */
  readonly note?: string;
};

export type ChartRequest = {
  readonly requestId: string;
  readonly accountId: string;
  readonly claim: ChartClaim;
  readonly createdAt: number;
  readonly status: 'open' | 'accepted' | 'rejected';
  /** Logical id, once it was accepted. */
  readonly patient?: string;
  readonly reason?: string;
  readonly decidedBy?: string;
  readonly decidedAt?: number;
};

export type ChartDecision = { readonly by: string; readonly at: number } & (
  | { readonly status: 'accepted'; readonly patient: string; readonly relationship: Relationship }
  | { readonly status: 'rejected'; readonly reason: string }
);

export interface ChartRequestStore {
  /** False where the account has `most` open ones already. */
  insert(
    request: Pick<ChartRequest, 'requestId' | 'accountId' | 'claim' | 'createdAt'>,
    most: number,
  ): Promise<boolean>;
  find(requestId: string): Promise<ChartRequest | undefined>;
  /** The oldest first, at most `limit`. */
  list(filter: { readonly status?: ChartRequest['status']; readonly limit: number }): Promise<readonly ChartRequest[]>;
  listOf(accountId: string): Promise<readonly ChartRequest[]>;
  /** Decides an open request; an accepted one links the chart in the same statement. Undefined where it is not open. */
  decide(requestId: string, decision: ChartDecision): Promise<ChartRequest | undefined>;
  /**
   * Links a patient's own chart to the account, unless another account has it as its own: two who match the same record
   * are for people to tell apart.
   */
  linkOwn(accountId: string, patient: string, now: number): Promise<boolean>;
}

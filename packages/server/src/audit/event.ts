/**
 * Who acts. A request of a client has `clientId`, and where a user gave the token `authorizationId`, `accountId` and
 * `fhirUser`; of the browser, `accountId`; of an administrator, `administrator` (the name of the admin token, or of the
 * account), and then `clientId` and `accountId` are whom the act is about.
 */
export type Actor = {
  readonly clientId?: string | undefined;
  readonly authorizationId?: string | undefined;
  readonly accountId?: string | undefined;
  /** The user's own record, such as `Practitioner/1`. */
  readonly fhirUser?: string | undefined;
  readonly administrator?: string | undefined;
  /** IP address. */
  readonly address?: string | undefined;
};

/** A request of the FHIR API. Made by the wire. */
export type ChartEvent = {
  /** The interaction by R4's names; `operation` where it is one. */
  readonly interaction: string;
  /** What is asked for, below the base: `Patient/1`, `Observation`, `Patient/1/$everything`; empty: the whole site. */
  readonly what: string;
  /** The HTTP status that was answered. */
  readonly status: number;
  /** The query as it was sent, secrets taken out. */
  readonly query?: string | undefined;
  /** The versions that were written, `Patient/1/_history/2`, at most a hundred; `count`: all of them. */
  readonly written?: { readonly versions: readonly string[]; readonly count: number } | undefined;
  /** Whose emergency opened the record. */
  readonly emergency?: { readonly patient: string; readonly reason: string } | undefined;
};

/** What the gate did, or refused to do. A new act is a line here and a row of `acts.ts`. */
export type GateAct =
  /** A client, or through it a user, got an access token. */
  | { readonly act: 'token-granted'; readonly grantType: string; readonly scope: string }
  | { readonly act: 'token-revoked' }
  /** An endpoint said no. `ticket`: under which its owner reads why. */
  | {
      readonly act: 'refused';
      readonly endpoint: string;
      readonly refusal: string;
      readonly status: number;
      readonly ticket?: string | undefined;
    }
  /** A user consented, or did not; `scope`: allowed, `refused`: asked for and unticked. */
  | { readonly act: 'authorization-given'; readonly scope: string; readonly refused?: string | undefined }
  | { readonly act: 'authorization-denied' }
  /** What a user gave a client ended. `by` replay: a code or refresh token was used twice. */
  | {
      readonly act: 'authorization-ended';
      readonly by: 'user' | 'administrator' | 'client' | 'replay';
    }
  | { readonly act: 'launch-started' }
  | { readonly act: 'client-registered'; readonly state: string; readonly scope: string }
  | { readonly act: 'client-changed' }
  | { readonly act: 'client-removed' }
  | {
      readonly act: 'client-decided';
      /** As the client's history calls it: `approve`, `reject`, `suspend`, … */
      readonly decision: string;
      readonly scope?: string | undefined;
      readonly reason?: string | undefined;
    }
  /** An administrator made an access token for loading or looking. */
  | { readonly act: 'admin-token-issued'; readonly scope: string }
  /** `names`: of the settings that were set. Their values are not told: some could be secret. */
  | { readonly act: 'settings-changed'; readonly names: readonly string[] }
  | { readonly act: 'package-installed'; readonly package: string }
  | { readonly act: 'package-removed'; readonly package: string }
  /** @see https://www.rfc-editor.org/rfc/rfc8176#section-2 */
  | { readonly act: 'signed-in'; readonly amr: readonly string[] }
  /** `why`: a code of the refusals, never what was typed. */
  | { readonly act: 'sign-in-refused'; readonly why: string }
  | { readonly act: 'signed-out' }
  | {
      readonly act: 'account-changed';
      readonly change: 'created' | 'verified' | 'password' | 'email' | 'factor' | 'role' | 'closed' | 'ended-sessions';
    }
  /** A record was opened to an account, or closed. Name the patient in `patients`. */
  | { readonly act: 'chart-linked'; readonly relationship?: string | undefined }
  | { readonly act: 'chart-unlinked' }
  | { readonly act: 'signing-key-made' }
  /** Somebody read the audit, or checked it. */
  | { readonly act: 'audit-read'; readonly filter?: string | undefined }
  | { readonly act: 'audit-verified'; readonly intact: boolean };

/**
 * One event of the audit: who, what, and whose records were touched (`patients`: logical ids). It must hold no token,
 * code, password or secret, and no content of a record.
 */
export type AuditEvent = Actor & {
  readonly patients?: readonly string[];
  /** Refusals of strangers before this one that were too many to be written down each. Set by the audit itself. */
  readonly omitted?: number;
} & (ChartEvent | GateAct);

/** Whether it refuses somebody who has not proved to be anybody: of these there may be any number. */
export function isOfStranger(event: AuditEvent): boolean {
  // the account is the one that was named, by whoever it was
  if (!isChartEvent(event) && event.act === 'sign-in-refused') return true;
  if (event.accountId !== undefined || event.authorizationId !== undefined || event.administrator !== undefined)
    return false;
  if (isChartEvent(event)) return event.clientId === undefined;
  return event.act === 'refused';
}

/** Whether it is a request of the FHIR API. */
export function isChartEvent<E extends ChartEvent | GateAct>(event: E): event is Extract<E, ChartEvent> {
  return 'interaction' in event;
}

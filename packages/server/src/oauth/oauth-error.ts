import { type GateAnswer, privateJson } from './exchange.ts';
import type { Refusal } from './refusals/refusal.ts';
import { type RefusalCode, refusals } from './refusals.ts';

/** What the client's owner may know about a refusal beyond the wire's words. Never a secret or a token. */
export type RefusalFacts = {
  readonly expected?: string;
  readonly received?: string;
  /** Replaces the table's words where the wire may say more. */
  readonly description?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is to be checked, where a site speaks OpenEMR's dialect. */
  readonly hint?: string;
};

/**
 * A refusal of the gate: a row of the table of refusals and the facts of this case. Rendered once, at the wire.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export class OAuthError extends Error {
  readonly refusal: RefusalCode;
  readonly status: number;
  /** The `error` member, such as `invalid_client`. */
  readonly error: string;
  readonly expected: string;
  readonly received: string;
  readonly advice: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly hint: string | undefined;

  constructor(refusal: RefusalCode, facts: RefusalFacts = {}) {
    const row: Refusal = refusals[refusal];
    super(facts.description ?? row.description);
    this.name = 'OAuthError';
    this.refusal = refusal;
    this.status = row.status;
    this.error = row.error;
    this.expected = facts.expected ?? row.expected;
    this.received = facts.received ?? '';
    this.advice = row.advice;
    this.headers = facts.headers ?? {};
    this.hint = facts.hint;
  }
}

/** The refusal as the wire sends it. */
export function refusalAnswer(refusal: OAuthError, ticket?: string): GateAnswer {
  return privateJson(
    refusal.status,
    { error: refusal.error, error_description: refusal.message, ...(ticket === undefined ? {} : { ticket }) },
    refusal.headers,
  );
}

/** A value of a request as a ticket shows it: printable, at most 200 characters. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const printable = text.replace(/[\p{Cc}\p{Cf}]/gu, '?');
  return printable.length > 200 ? `${printable.slice(0, 200)}… (${text.length} characters)` : printable;
}

/** As `shown`, for a place where nothing looks like a token or a secret unless it was put there by mistake. */
export function shownRedacted(value: string | undefined): string {
  return shown(value?.replace(/[\w-]{40,}/g, (secret) => `[${secret.length} characters]`));
}

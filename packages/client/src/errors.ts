/** One finding of an OperationOutcome. @see https://hl7.org/fhir/R4/operationoutcome.html */
export type OutcomeIssue = {
  readonly severity: string;
  readonly code: string;
  readonly diagnostics?: string;
  readonly details?: { readonly text?: string };
  readonly expression?: readonly string[];
};

/**
 * An OAuth endpoint refused. `ticket` is the number under which a Chartgate keeps which check failed.
 * The message never holds a token, an assertion or a secret.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export class OAuthError extends Error {
  readonly status: number;
  readonly error: string;
  readonly description: string | undefined;
  readonly ticket: string | undefined;
  readonly endpoint: string;

  constructor(endpoint: string, status: number, body: Record<string, unknown>) {
    const error = word(body.error) ?? 'server_error';
    // OpenEMR says what it minds in `hint`.
    const description = [word(body.error_description), word(body.hint)].filter(Boolean).join(' ') || undefined;
    super(`${bare(endpoint)} refused with ${status} ${error}${description ? `: ${description}` : ''}`);
    this.name = 'OAuthError';
    this.status = status;
    this.error = error;
    this.description = description;
    this.ticket = word(body.ticket);
    this.endpoint = endpoint;
  }
}

/** A FHIR server refused. `issues` are those of its OperationOutcome, empty when it sent none. */
export class FhirError extends Error {
  readonly status: number;
  readonly issues: readonly OutcomeIssue[];
  readonly url: string;

  constructor(url: string, status: number, issues: readonly OutcomeIssue[], hint?: string) {
    const said = issues.map((issue) => issue.diagnostics ?? issue.details?.text ?? issue.code).join('; ');
    super(`${bare(url)} answered ${status}${said || hint ? `: ${said || hint}` : ''}`);
    this.name = 'FhirError';
    this.status = status;
    this.issues = issues;
    this.url = url;
  }
}

/** Nothing answered: no such host, nobody listening, the connection broke, or no answer came in time. */
export class UnreachableError extends Error {
  readonly url: string;

  constructor(url: string, cause: unknown) {
    super(`${bare(url)} cannot be reached: ${reasonOf(cause)}`, { cause });
    this.name = 'UnreachableError';
    this.url = url;
  }

  /** Whether the request certainly never arrived, so that sending it again does nothing twice. */
  get neverArrived(): boolean {
    return /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(reasonOf(this.cause));
  }
}

/** An answer that the protocol does not allow: not JSON, a member missing, too long, a redirect. */
export class UnexpectedAnswer extends Error {
  readonly url: string;
  readonly status: number;

  constructor(url: string, status: number, why: string) {
    super(`The answer of ${bare(url)} (status ${status}) cannot be used: ${why}`);
    this.name = 'UnexpectedAnswer';
    this.url = url;
    this.status = status;
  }
}

/** Discovery found no SMART server. `tried` are the addresses and what each answered. */
export class DiscoveryError extends Error {
  readonly tried: readonly string[];

  constructor(url: string, tried: readonly string[]) {
    super(`No SMART on FHIR server was found at ${bare(url)}. Tried:\n${tried.map((line) => `  ${line}`).join('\n')}`);
    this.name = 'DiscoveryError';
    this.tried = tried;
  }
}

/** A key that cannot sign SMART assertions, or text that is no key. The message never holds the key. */
export class KeyError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'KeyError';
  }
}

/** A URL without its query, which may hold a patient's name, and without credentials. */
function bare(url: string): string {
  const [address] = url.split(/[?#]/);
  return (address ?? '').replace(/\/\/[^/@]*@/, '//');
}

/** The innermost reason: `fetch` wraps the system's error in one that says only "fetch failed". */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0]);
  if (cause instanceof Error && cause.cause !== undefined) return reasonOf(cause.cause);
  return cause instanceof Error ? cause.message : String(cause);
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 1000) : undefined;
}

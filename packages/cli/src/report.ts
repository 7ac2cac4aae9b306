import {
  DiscoveryError,
  FhirError,
  KeyError,
  OAuthError,
  type OutcomeIssue,
  UnexpectedAnswer,
  UnreachableError,
} from '@chartgate/client';
import { type Category, type ExitCode, exitCodes, Failure } from './failure.ts';

/** How a failure is reported: exit code, category for scripts, message, and what the server said. */
export type Report = {
  readonly exitCode: ExitCode;
  readonly category: Category;
  readonly message: string;
  readonly error?: string;
  readonly ticket?: string;
  readonly issue?: readonly OutcomeIssue[];
};

/** What to tell about anything that was thrown. The messages of the SDK hold no secret. */
export function reportOf(cause: unknown): Report {
  if (cause instanceof Failure) return { exitCode: cause.exitCode, category: cause.category, message: cause.message };
  if (cause instanceof OAuthError) return oauthReport(cause);
  if (cause instanceof FhirError) {
    return { exitCode: codeOf(cause.status), category: 'api', message: cause.message, issue: cause.issues };
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof UnreachableError) return { exitCode: exitCodes.failed, category: 'network', message };
  if (cause instanceof DiscoveryError) return { exitCode: exitCodes.notFound, category: 'api', message };
  if (cause instanceof UnexpectedAnswer) return { exitCode: exitCodes.failed, category: 'api', message };
  if (cause instanceof KeyError) return { exitCode: exitCodes.failed, category: 'user_input', message };
  if (isSystemError(cause)) return { exitCode: exitCodes.failed, category: 'filesystem', message };
  return { exitCode: exitCodes.failed, category: 'internal', message };
}

function oauthReport(cause: OAuthError): Report {
  const exitCode = cause.error === 'invalid_scope' ? exitCodes.denied : codeOf(cause.status);
  const ticket = cause.ticket === undefined ? {} : { ticket: cause.ticket };
  return { exitCode, category: 'auth', message: cause.message, error: cause.error, ...ticket };
}

function codeOf(status: number): ExitCode {
  if (status === 401) return exitCodes.needsAuth;
  if (status === 403) return exitCodes.denied;
  return status === 404 || status === 410 ? exitCodes.notFound : exitCodes.failed;
}

function isSystemError(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && 'code' in cause && 'syscall' in cause;
}

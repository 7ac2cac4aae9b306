/** What the command's exit code says. `chartgate help exit-codes` prints the same. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  cancelled: 2,
  usage: 3,
  needsAuth: 4,
  denied: 5,
  notFound: 6,
  pending: 8,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What kind of failure it is, for scripts. */
export type Category = 'user_input' | 'auth' | 'network' | 'api' | 'filesystem' | 'internal' | 'cancelled' | 'pending';

/** A command's refusal in words for people: what happened and what to do next. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  readonly category: Category;

  constructor(exitCode: ExitCode, category: Category, message: string) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCode;
    this.category = category;
  }
}

/** The command was called in a way that cannot be meant. */
export function usage(message: string): Failure {
  return new Failure(exitCodes.usage, 'user_input', message);
}

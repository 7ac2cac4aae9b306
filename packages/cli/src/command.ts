import type { Command } from 'commander';
import type { Io } from './io.ts';

/** Values that commander gathered, by camel-cased option name. */
export type Options = Readonly<Record<string, unknown>>;

/** One command of `chartgate`: what its help shows, which arguments it takes, and what it does. */
export type CommandDefinition = {
  /** Pairs of a command line, without `chartgate`, and what it is for. The help begins with them. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  readonly details?: string;
  /** Adds arguments and options. */
  readonly configure: (command: Command) => Command;
  /** Does the work. Throws what `failure.ts` knows to report; a returned number is the exit code. */
  readonly run: (io: Io, args: readonly string[], options: Options) => Promise<number | undefined>;
};

/** An option's text, or undefined where it was not given. */
export function textOption(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

export function hasOption(options: Options, name: string): boolean {
  return options[name] === true;
}

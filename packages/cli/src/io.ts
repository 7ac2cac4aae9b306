import type { Fetch } from '@chartgate/client';

/** Where text goes: data to stdout, words to stderr. `columns` is known on a terminal. */
export type Output = {
  readonly write: (text: string) => void | Promise<void>;
  readonly isTTY: boolean;
  readonly columns?: number | undefined;
};

/** All that a command may touch of the world outside. Commands never use `process`, so that tests can drive them. */
export type Io = {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether somebody can be asked. */
  readonly canAsk: boolean;
  readonly colour: Colour;
  /** Asks on stderr and returns the line typed. */
  readonly prompt: (question: string) => Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  /** Aborted on Ctrl-C and on SIGTERM. */
  readonly signal: AbortSignal;
  readonly fetch?: Fetch;
};

/** Paints text for stderr and stdout; leaves it as it is where colour is off. */
export type Colour = {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
};

/** @see https://no-color.org */
export function colour(on: boolean): Colour {
  const paint = (code: number, end: number) => (text: string) => (on ? `\u001b[${code}m${text}\u001b[${end}m` : text);
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  };
}

/** A line of words for the person at the screen. */
export function say(io: Io, ...lines: readonly string[]): void {
  for (const line of lines) io.stderr.write(`${line}\n`);
}

/**
 * A line that is written over on a terminal. Elsewhere each `update` more than `every` ms (Default: 5000) after the
 * last becomes a line of its own.
 */
export type Progress = { readonly update: (text: string) => void; readonly clear: () => void };

export function progress(io: Io, every = 5000): Progress {
  let last = io.stderr.isTTY ? 0 : Date.now();
  let shown = false;
  return {
    update(text) {
      const now = Date.now();
      if (now - last < (io.stderr.isTTY ? 100 : every)) return;
      last = now;
      shown = io.stderr.isTTY;
      io.stderr.write(shown ? `\r\u001b[2K${text.slice(0, (io.stderr.columns ?? 80) - 1)}` : `${text}\n`);
    },
    clear() {
      if (shown) io.stderr.write('\r\u001b[2K');
      shown = false;
      last = io.stderr.isTTY ? 0 : last;
    },
  };
}

import { homedir } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { exitCodes } from './failure.ts';
import { colour, type Io, type Output } from './io.ts';
import { run } from './program.ts';

const interruption = new AbortController();
const args = process.argv.slice(2);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(exitCodes.cancelled);
    interruption.abort(new DOMException('Interrupted', 'AbortError'));
  });
}
// Started through another Node (bin/chartgate.js): end when that one ends, even by kill -9.
if (process.channel) {
  process.once('disconnect', () => interruption.abort(new DOMException('Interrupted', 'AbortError')));
  process.channel.unref();
}
// A reader that has seen enough, such as head, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await run(args, processIo());

function processIo(): Io {
  const { env } = process;
  const plain = args.includes('--no-color') || (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  return {
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
    colour: colour(!plain && process.stdout.isTTY === true && process.stderr.isTTY === true),
    prompt,
    env,
    cwd: process.cwd(),
    home: homedir(),
    signal: interruption.signal,
  };
}

function output(stream: NodeJS.WriteStream): Output {
  return {
    isTTY: stream.isTTY === true,
    columns: stream.columns,
    write: (text) => (stream.write(text) ? undefined : new Promise((resolve) => stream.once('drain', resolve))),
  };
}

async function prompt(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question, { signal: interruption.signal });
  } finally {
    lines.close();
  }
}

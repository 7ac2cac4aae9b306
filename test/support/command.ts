import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
const bin = join(root, 'node_modules/.bin');

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** A program of the project started as a user would, with what it has printed so far. */
export type Command = {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the match once what was printed fits the pattern; rejects when the program ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
};

/** Starts `program` (a path, or a name in node_modules/.bin) from the project's root. */
export function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Command {
  const child = spawn(program.includes('/') ? program : join(bin, program), args, {
    cwd: root,
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const heard = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    for (const hear of heard) hear();
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
    for (const hear of heard) hear();
  });
  const ended = new Promise<Ended>((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => done({ code, stdout, stderr }));
  });
  return {
    child,
    ended,
    printed: (pattern) =>
      new Promise((done, failed) => {
        const hear = () => {
          const match = pattern.exec(stdout + stderr);
          if (!match) return;
          heard.delete(hear);
          done(match);
        };
        heard.add(hear);
        hear();
        ended.then(() => failed(new Error(`${program} ended without ${pattern}:\n${stdout}\n${stderr}`)), failed);
      }),
  };
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return start(program, args, env).ended;
}

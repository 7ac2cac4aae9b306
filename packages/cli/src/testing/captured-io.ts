import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { colour, type Io } from '../io.ts';

/** An io whose output is kept, in a folder of its own that goes when the file's tests are over. */
export type CapturedIo = Io & { readonly out: () => string; readonly err: () => string };

/** A folder that goes when the file's tests are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chartgate-cli-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @param with what to change: a terminal, answers to prompts, environment, another folder */
export function capturedIo(
  changes: {
    readonly terminal?: boolean;
    readonly answer?: string;
    readonly env?: Record<string, string>;
    readonly cwd?: string;
    readonly signal?: AbortSignal;
  } = {},
): CapturedIo {
  const out: string[] = [];
  const err: string[] = [];
  const cwd = changes.cwd ?? temporaryFolder();
  const isTTY = changes.terminal ?? false;
  return {
    stdout: { isTTY, columns: 100, write: (text) => void out.push(text) },
    stderr: { isTTY, columns: 100, write: (text) => void err.push(text) },
    canAsk: changes.answer !== undefined,
    colour: colour(false),
    prompt: (question) => {
      err.push(question);
      return Promise.resolve(changes.answer ?? '');
    },
    env: { CHARTGATE_CONFIG: join(cwd, 'config'), ...changes.env },
    cwd,
    home: cwd,
    signal: changes.signal ?? new AbortController().signal,
    out: () => out.join(''),
    err: () => err.join(''),
  };
}

import { createHash } from 'node:crypto';
import { appendFileSync, existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readIfThere } from '../private-file.ts';

/**
 * What has been loaded into one server, so that a run which was stopped goes on where it was. A file of JSON lines: one
 * when a document leaves, one when its answer is there. Written at once, so that a killed run loses nothing.
 */
export type Ledger = {
  /** `undefined`: never sent; `'unknown'`: sent, but the run ended before the answer; else the lines that were refused. */
  readonly stateOf: (hash: string) => 'unknown' | readonly number[] | undefined;
  readonly leaves: (hash: string) => void;
  /** @param bad indexes of the lines that were refused */
  readonly stored: (hash: string, bad: readonly number[]) => void;
  /** Nothing of it was stored. */
  readonly refused: (hash: string) => void;
};

type Entry = { readonly hash: string; readonly left?: true; readonly bad?: readonly number[]; readonly refused?: true };

/** Opens the ledger of a server. @param folder where ledgers are kept @param fresh whether to forget what is in it */
export async function openLedger(folder: string, fhirBase: string, fresh: boolean): Promise<Ledger> {
  const name = createHash('sha256').update(fhirBase).digest('hex').slice(0, 16);
  const file = join(folder, 'loads', `${name}.ndjson`);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const states = new Map<string, 'unknown' | readonly number[]>();
  for (const entry of fresh ? [] : entriesIn((await readIfThere(file)) ?? '')) {
    if (entry.refused) states.delete(entry.hash);
    else states.set(entry.hash, entry.bad ?? 'unknown');
  }
  const write = (entry: Entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  return {
    stateOf: (hash) => states.get(hash),
    leaves: (hash) => write({ hash, left: true }),
    stored(hash, bad) {
      states.set(hash, bad);
      write({ hash, bad });
    },
    refused(hash) {
      states.delete(hash);
      write({ hash, refused: true });
    },
  };
}

/** The folder for ledgers: the data directory where there is one, else the user's own. */
export function ledgerFolder(data: string, config: string): string {
  return existsSync(data) ? data : config;
}

/** The last line may be half written, by a run that was killed. */
function entriesIn(text: string): readonly Entry[] {
  return text.split('\n').flatMap((line) => {
    try {
      const entry = JSON.parse(line) as Entry;
      return typeof entry.hash === 'string' ? [entry] : [];
    } catch {
      return [];
    }
  });
}

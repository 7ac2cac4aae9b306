import type { FhirClient } from '@chartgate/client';
import { type Delivery, deliver } from './delivery.ts';
import { contentHash, type Document, documents } from './document.ts';
import type { Ledger } from './ledger.ts';
import type { Reporter } from './reporter.ts';
import { type Found, sources } from './source.ts';

export type LoadOptions = {
  readonly found: readonly Found[];
  readonly fhir: FhirClient;
  readonly ledger: Ledger;
  /** Requests at a time. */
  readonly concurrency: number;
  readonly report: Reporter;
  readonly signal: AbortSignal;
};

/** Sends every document: first those that others refer to, then, when all of these are there, the rest. */
export async function load(options: LoadOptions): Promise<void> {
  for (const round of ['first', 'rest'] as const) await loadRound(options, round);
}

async function loadRound(options: LoadOptions, round: 'first' | 'rest'): Promise<void> {
  const sending = new Set<Promise<void>>();
  let failure: { readonly cause: unknown } | undefined;
  try {
    for await (const source of sources(options.found, round)) {
      for await (const document of documents(source)) {
        if ('place' in document) {
          options.report.problem(document);
          continue;
        }
        const sent: Promise<void> = send(options, document)
          .catch((cause: unknown) => {
            failure ??= { cause };
          })
          .finally(() => sending.delete(sent));
        sending.add(sent);
        while (sending.size >= options.concurrency) await Promise.race(sending);
        if (failure) throw failure.cause;
        options.signal.throwIfAborted();
      }
      options.report.read(source.weight);
    }
  } finally {
    await Promise.all(sending);
  }
  if (failure) throw failure.cause;
}

async function send({ fhir, ledger, report, signal }: LoadOptions, document: Document): Promise<void> {
  const hash = contentHash(document);
  const state = ledger.stateOf(hash);
  if (state === 'unknown') report.uncertain();
  const left = state === undefined || state === 'unknown' ? document : remaining(document, state);
  if (!left) return report.skipped(document.kind === 'bundle' ? document.types.length : document.lines.length);
  ledger.leaves(hash);
  const delivery = await deliver(fhir, left, signal);
  note(ledger, hash, delivery, state === 'unknown' ? undefined : state);
  report.delivered(delivery);
}

/** The lines or entries of a batch that an earlier run could not store; undefined when it stored all. */
function remaining(document: Document, bad: readonly number[]): Document | undefined {
  if (bad.length === 0) return undefined;
  if (document.kind === 'bundle') return { ...document, only: bad };
  return { ...document, lines: bad.map((index) => document.lines[index]!) };
}

/** @param sent the indexes that were sent, where these were not all */
function note(ledger: Ledger, hash: string, { bad }: Delivery, sent: readonly number[] | undefined): void {
  if (bad) ledger.stored(hash, sent ? bad.map((index) => sent[index]!) : bad);
  else if (sent) ledger.stored(hash, sent);
  else ledger.refused(hash);
}

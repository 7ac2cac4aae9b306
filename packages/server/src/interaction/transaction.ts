import { type BundleEntry, FhirError, issue, resolveReferences } from '@chartgate/fhir';
import type { ResourceStore, ResourceTransaction, StoredVersion } from '../store/ports.ts';
import type { Answer } from './answer.ts';
import { bundleText } from './bundle-text.ts';
import { type Conditions, conditionsOf, matchesOf } from './conditions.ts';
import { type EntryOptions, entryRefusal, inEntry } from './entry.ts';
import { heldContents } from './held.ts';
import { referenceMatches } from './reference-matches.ts';
import type { FhirContext, FhirRequest } from './request.ts';
import { respond } from './respond.ts';
import { type Step, stepsOf, writeOf } from './step.ts';
import { specifiedVersions } from './versions.ts';

/** An entry of a transaction, validated, with the request it stands for. */
export type TransactionEntry = { readonly entry: BundleEntry; readonly request: FhirRequest };

/**
 * FHIR transaction: all entries or none. The conditions of entries are answered first, from what was there before; then
 * new resources get their ids, patches are applied, links between entries are rewritten, conditional references are
 * answered by what will be there, and everything is written at once. Reads come last and see it.
 * @throws {FhirError} of the first entry that fails; nothing is changed then
 * @see https://hl7.org/fhir/R4/http.html#transaction
 */
export async function transaction(
  entries: readonly TransactionEntry[],
  options: EntryOptions,
  context: FhirContext,
): Promise<Answer> {
  const conditions = conditionsOf(entries, context);
  const { responses, written } = isOneStatement(entries)
    ? await run(entries, conditions, { options, context })
    : await context.store.transaction(async (store) => {
        await store.guard(conditions.guards);
        return run(entries, conditions, { options, context: { ...context, store } });
      });
  return { status: 200, body: bundleText({ type: 'transaction-response' }, responses), written };
}

/** Plain creates are written by one statement, which is atomic by itself. */
function isOneStatement(entries: readonly TransactionEntry[]): boolean {
  return entries.every(
    ({ request: { method, path, ifNoneExist } }) => method === 'POST' && path.length === 1 && ifNoneExist === undefined,
  );
}

/** The store of a transaction, or the whole one where a single statement will do. */
export type Store = Omit<ResourceStore, 'transaction' | 'relabel'> & Partial<Pick<ResourceTransaction, 'hold'>>;

type Run = { readonly options: EntryOptions; readonly context: FhirContext<Store> };

async function run(
  entries: readonly TransactionEntry[],
  conditions: Conditions,
  { options, context }: Run,
): Promise<{ readonly responses: readonly string[]; readonly written: readonly StoredVersion[] }> {
  const steps = stepsOf(entries, conditions, await matchesOf(conditions, context.store));
  const held = await heldContents(entries, steps, context);
  const linked = await linkedEntries(held.entries, steps, { ...held, context });
  const written = await write(steps, linked, context);
  requireVersions(held.versions, written);
  const responses: string[] = [];
  for (const [at, step] of steps.entries()) {
    const isHead = entries[at]!.entry.request.method === 'HEAD';
    const done = { stored: written.get(step.index), isHead, options };
    responses.push(await inEntry(step.index, () => respond(step, done, context)));
  }
  return { responses, written: [...written.values()].filter(({ version }) => version > 0) };
}

/** References that name a version must name the one that was written. @throws {FhirError} 409, so that nothing is */
function requireVersions(expected: ReadonlyMap<number, string>, written: ReadonlyMap<number, StoredVersion>): void {
  for (const [index, version] of expected) {
    const stored = written.get(index);
    if (!stored || String(stored.version) === version) continue;
    throw entryRefusal(
      index,
      new FhirError(409, [issue('conflict', 'The version that references of the Bundle ask for cannot be told.')]),
    );
  }
}

type Linking = {
  /** Version ids that entries' resources get, by index, where they are known before they are written. */
  readonly versions: ReadonlyMap<number, string>;
  readonly context: FhirContext<Store>;
};

/** The entries with all references as they are to be stored. */
async function linkedEntries(
  entries: readonly BundleEntry[],
  steps: readonly Step[],
  { versions, context }: Linking,
): Promise<readonly BundleEntry[]> {
  const places = steps.flatMap((step) => ('reference' in step ? [step] : []));
  const assigned = new Map(places.map(({ index, reference }) => [index, reference] as const));
  const written = new Set(places.flatMap(({ kind, index }) => (kind === 'found' ? [] : [index])));
  const deleted = new Set(steps.flatMap((step) => (step.kind === 'delete' ? [`${step.type}/${step.id}`] : [])));
  const conditional = await referenceMatches(
    entries,
    { assigned: new Map([...assigned].filter(([index]) => written.has(index))), deleted },
    context,
  );
  const resolved = resolveReferences(entries, { assigned, versions, conditional });
  return specifiedVersions(resolved, { assigned, versions }, context);
}

/** The stored versions by the entry's index. */
async function write(
  steps: readonly Step[],
  linked: readonly BundleEntry[],
  context: FhirContext<Store>,
): Promise<ReadonlyMap<number, StoredVersion>> {
  const writes: { index: number; write: NonNullable<ReturnType<typeof writeOf>> }[] = [];
  for (const [at, step] of steps.entries()) {
    const write = await inEntry(step.index, async () => writeOf(step, linked[at]!.content, context.rights));
    if (write) writes.push({ index: step.index, write });
  }
  const stored = await context.store.write(writes.map((one) => one.write));
  return new Map(writes.map(({ index }, at) => [index, stored[at]!]));
}

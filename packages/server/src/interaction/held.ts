import { type BundleEntry, gone, notFound, versionSpecificReferences } from '@chartgate/fhir';
import type { StoredVersion } from '../store/ports.ts';
import type { WriteRules } from './content.ts';
import { inEntryNow } from './entry.ts';
import { patchedContent, permitPatch, requirePatch } from './patch.ts';
import type { FhirContext } from './request.ts';
import type { Step } from './step.ts';
import type { Store, TransactionEntry } from './transaction.ts';

/** A transaction's entries with patches applied, and the versions that their resources will get. */
export type Held = {
  readonly entries: readonly BundleEntry[];
  /** By the entry's index; of an update only where it was asked for. */
  readonly versions: ReadonlyMap<number, string>;
};

/**
 * Locks and reads what is about to change, where a patch or a reference to a version needs to know what is there: the
 * version that follows is known then. @throws {FhirError} that names the entry
 */
export async function heldContents(
  entries: readonly TransactionEntry[],
  steps: readonly Step[],
  context: FhirContext<Store>,
): Promise<Held> {
  const { rights, store } = context;
  const isAsked = entries.some(({ entry: { content } }) => content && namesVersions(content));
  const targets = steps.filter(
    (step) => step.kind === 'patch' || (isAsked && step.kind === 'update' && rights.find(readOf(step)) !== undefined),
  ) as Extract<Step, { kind: 'patch' | 'update' }>[];
  const permits = targets.map((step) =>
    inEntryNow(step.index, () => (step.kind === 'patch' ? permitPatch(step, rights) : rights.require(readOf(step)))),
  );
  const found = permits.length === 0 || !store.hold ? [] : await store.hold(permits);
  const current = new Map(targets.map(({ index }, at) => [index, found[at]]));
  const versions = new Map<number, string>();
  const held = entries.map(({ entry }, at): BundleEntry => {
    const step = steps[at]!;
    const before = current.get(entry.index);
    if (step.kind === 'create') versions.set(entry.index, '1');
    else if (current.has(entry.index)) versions.set(entry.index, String((before?.version ?? 0) + 1));
    return step.kind === 'patch' ? patchedEntry(entry, step, { before, rules: context }) : entry;
  });
  return { entries: held, versions };
}

/** A link to a version of another entry's resource, or a reference that asks for one. */
function namesVersions(content: NonNullable<BundleEntry['content']>): boolean {
  return content.text.includes('/_history/') || versionSpecificReferences(content).length > 0;
}

function readOf({ type, id }: Extract<Step, { kind: 'patch' | 'update' }>) {
  return { code: 'read' as const, type, id };
}

function patchedEntry(
  entry: BundleEntry,
  { type, id, reference, request }: Extract<Step, { kind: 'patch' }>,
  { before, rules }: { readonly before: StoredVersion | undefined; readonly rules: WriteRules },
): BundleEntry {
  return inEntryNow(entry.index, () => {
    if (!before) throw notFound(reference);
    if (before.method === 'DELETE') throw gone(reference);
    const patch = requirePatch(request);
    return { ...entry, content: patchedContent({ type, id, patch, ifMatch: request.ifMatch }, before, rules) };
  });
}

import {
  type BundleEntry,
  type ConditionalReference,
  type Conformance,
  conditionalReferences,
  FhirError,
  issue,
  parseCondition,
} from '@chartgate/fhir';
import type { SearchType } from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';
import type { Rights } from '../access/rights.ts';
import type { ResourceReader } from '../store/ports.ts';
import { entryRefusal, inEntryNow } from './entry.ts';
import { conditionIn } from './parameters.ts';
import type { FhirRequest } from './request.ts';
import type { TransactionEntry } from './transaction.ts';

/** A search whose answer decides a write: of a conditional interaction, or a conditional reference. */
export type Condition = {
  readonly permitted: Permitted<SearchType>;
  /** The same text for the same condition, however it was written. */
  readonly guard: string;
};

/** What conditions are read against. */
export type ConditionContext = { readonly base: string; readonly rights: Rights; readonly conformance: Conformance };

/** @throws {FhirError} 400 where it is no search, 412 where it is empty, 403 where the `s` of the type is not open */
export function conditionOf(type: string, search: string, { base, rights, conformance }: ConditionContext): Condition {
  const query = parseCondition(type, search, { base, parameters: conformance.parameters });
  const permitted = rights.require({ code: 'search-type', type, query });
  return { permitted, guard: `${type}?${JSON.stringify(query.criteria)}` };
}

/** The conditions of a transaction's entries, by index: `If-None-Exist`, and searches in the URL of PUT, PATCH, DELETE. */
export type Conditions = {
  readonly byEntry: ReadonlyMap<number, Condition>;
  /** What must be held while the transaction runs, so that two with the same condition make one resource. */
  readonly guards: readonly string[];
};

export function conditionsOf(entries: readonly TransactionEntry[], context: ConditionContext): Conditions {
  const byEntry = new Map<number, Condition>();
  const guards = new Set<string>();
  for (const { entry, request } of entries) {
    const { index } = entry;
    const { type } = entry.request.target;
    if (type === undefined || !isConditional(request)) continue;
    const search = request.ifNoneExist ?? conditionIn(request, type);
    const condition = inEntryNow(index, () => conditionOf(type, search, context));
    byEntry.set(index, condition);
    if (request.method === 'POST' || request.method === 'PUT') guards.add(condition.guard);
  }
  return { byEntry, guards: [...guards].sort() };
}

function isConditional({ method, path, ifNoneExist }: FhirRequest): boolean {
  return ifNoneExist !== undefined || (method !== 'GET' && method !== 'POST' && path.length === 1);
}

/** The id that each condition finds, by the entry's index; absent where it finds none. @throws {FhirError} 412 for several */
export async function matchesOf(
  { byEntry }: Conditions,
  store: Pick<ResourceReader, 'resolve'>,
): Promise<ReadonlyMap<number, string>> {
  if (byEntry.size === 0) return new Map();
  const found = await store.resolve([...byEntry.values()].map(({ permitted }) => permitted));
  const matches = new Map<number, string>();
  for (const [at, index] of [...byEntry.keys()].entries()) {
    const [id, another] = found[at] ?? [];
    if (another !== undefined) throw entryRefusal(index, several());
    if (id !== undefined) matches.set(index, id);
  }
  return matches;
}

/** A conditional reference, and the search it stands for. */
export type ReferenceCondition = ConditionalReference & { readonly condition: Condition };

export function referenceConditions(
  entries: readonly BundleEntry[],
  context: ConditionContext,
): readonly ReferenceCondition[] {
  return conditionalReferences(entries).map((found) => ({
    ...found,
    condition: inEntryNow(found.entries[0] ?? 0, () => conditionOf(found.type, found.query, context)),
  }));
}

/** 412: the condition does not name one resource. */
export function several(): FhirError {
  return new FhirError(412, [
    issue(
      'multiple-matches',
      'The condition finds more than one resource. Make it narrower, by an identifier for one.',
    ),
  ]);
}

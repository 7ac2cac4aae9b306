import { type Conformance, conditionalReferences, FhirError, issue, parseCondition } from '@chartgate/fhir';
import type { SearchType } from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';
import type { Rights } from '../access/rights.ts';
import type { ResourceReader } from '../store/ports.ts';
import { entryRefusal, inEntryNow } from './entry.ts';
import type { TransactionEntry } from './transaction.ts';

/** A search whose answer decides a write: `If-None-Exist`, or a conditional reference. */
export type Condition = {
  readonly permitted: Permitted<SearchType>;
  /** The same text for the same condition, however it was written. */
  readonly guard: string;
};

/** What conditions are read against. */
export type ConditionContext = { readonly base: string; readonly rights: Rights; readonly conformance: Conformance };

/** @throws {FhirError} 400 where it is no search, 412 where it is empty, 403 where the `s` of the type is not open */
export function conditionOf(type: string, search: string, { base, rights, conformance }: ConditionContext): Condition {
  const { parameters, terminology } = conformance;
  const query = parseCondition(type, search, { base, parameters, terminology });
  const permitted = rights.require({ code: 'search-type', type, query });
  return { permitted, guard: `${type}?${JSON.stringify(query.criteria)}` };
}

/** Every search of a transaction that must be answered before anything is written. */
export type Conditions = {
  /** Of conditional creates, by the entry's index. */
  readonly ifNoneExist: ReadonlyMap<number, Condition>;
  readonly references: readonly ConditionalReference[];
  /** What must be held while the transaction runs, so that two with the same condition make one resource. */
  readonly guards: readonly string[];
};

type ConditionalReference = { readonly reference: string; readonly condition: Condition; readonly index: number };

export function conditionsOf(entries: readonly TransactionEntry[], context: ConditionContext): Conditions {
  const ifNoneExist = new Map<number, Condition>();
  for (const { entry, request } of entries) {
    const { ifNoneExist: search } = request;
    if (search === undefined) continue;
    const { type } = entry.request.target;
    ifNoneExist.set(
      entry.index,
      inEntryNow(entry.index, () => conditionOf(type, search, context)),
    );
  }
  const references = conditionalReferences(entries.map(({ entry }) => entry)).map(
    ({ reference, type, query, entries: holders }): ConditionalReference => {
      const index = holders[0] ?? 0;
      return { reference, index, condition: inEntryNow(index, () => conditionOf(type, query, context)) };
    },
  );
  const guards = [...new Set([...ifNoneExist.values()].map(({ guard }) => guard))].sort();
  return { ifNoneExist, references, guards };
}

/** What the conditions found: `Type/id`, absent where a conditional create found nothing. */
export type Matches = {
  readonly ifNoneExist: ReadonlyMap<number, string>;
  readonly references: ReadonlyMap<string, string>;
};

/** @throws {FhirError} 412 where a condition finds several, 400 where a reference's finds none; names the entry */
export async function matchesOf(conditions: Conditions, store: Pick<ResourceReader, 'resolve'>): Promise<Matches> {
  const creates = [...conditions.ifNoneExist];
  const all = [
    ...creates.map(([, condition]) => condition),
    ...conditions.references.map(({ condition }) => condition),
  ];
  const found = all.length === 0 ? [] : await store.resolve(all.map(({ permitted }) => permitted));
  const idsAt = (at: number) => ({ type: all[at]!.permitted.interaction.type, ids: found[at] ?? [] });
  const ifNoneExist = new Map<number, string>();
  for (const [at, [index]] of creates.entries()) {
    const { type, ids } = idsAt(at);
    if (ids.length > 1) throw entryRefusal(index, several());
    if (ids[0] !== undefined) ifNoneExist.set(index, `${type}/${ids[0]}`);
  }
  const references = new Map<string, string>();
  for (const [at, { reference, index }] of conditions.references.entries()) {
    const { type, ids } = idsAt(creates.length + at);
    if (ids.length > 1) throw entryRefusal(index, several());
    if (ids[0] === undefined) throw entryRefusal(index, nothing(type));
    references.set(reference, `${type}/${ids[0]}`);
  }
  return { ifNoneExist, references };
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

function nothing(type: string): FhirError {
  return new FhirError(400, [
    issue('not-found', `A conditional reference finds no ${type}. Send that resource first, or in the same Bundle.`),
  ]);
}

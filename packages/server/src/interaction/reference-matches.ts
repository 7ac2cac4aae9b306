import { type BundleEntry, FhirError, isPlain, issue, meets } from '@chartgate/fhir';
import type { ResourceReader } from '../store/ports.ts';
import { type ReferenceCondition, referenceConditions, several } from './conditions.ts';
import { entryRefusal } from './entry.ts';
import type { FhirContext } from './request.ts';

/** What a transaction does to resources, as conditional references see it: they are answered after it. */
export type Outcome = {
  /** `Type/id` of what an entry writes, by the entry's index. */
  readonly assigned: ReadonlyMap<number, string>;
  /** `Type/id` of what is deleted. */
  readonly deleted: ReadonlySet<string>;
};

/**
 * `Type/id` of each conditional reference, by the reference as written: of the one resource that meets it once the
 * transaction is carried out. Those that the transaction writes are judged by what it writes.
 * @throws {FhirError} 412 where several meet it, 400 where none does; names the entry
 * @see https://hl7.org/fhir/R4/http.html#trules
 */
export async function referenceMatches(
  entries: readonly BundleEntry[],
  outcome: Outcome,
  context: FhirContext<Pick<ResourceReader, 'resolve'>>,
): Promise<ReadonlyMap<string, string>> {
  const conditions = referenceConditions(entries, context);
  if (conditions.length === 0) return new Map();
  const found = await context.store.resolve(conditions.map(({ condition }) => condition.permitted));
  const written = new Set(outcome.assigned.values());
  const matches = new Map<string, string>();
  for (const [at, asked] of conditions.entries()) {
    const { type, reference } = asked;
    const there = (found[at] ?? []).map((id) => `${type}/${id}`);
    const stay = there.filter((one) => !written.has(one) && !outcome.deleted.has(one));
    const [match, another] = new Set([...stay, ...writtenMatches(asked, entries, outcome, context)]);
    const [index = 0] = asked.entries;
    if (another !== undefined) throw entryRefusal(index, several());
    if (match === undefined) throw entryRefusal(index, nothing(type));
    matches.set(reference, match);
  }
  return matches;
}

/** Those that the transaction itself writes. A condition that looks at other resources is answered by the store alone. */
function writtenMatches(
  { type, condition }: ReferenceCondition,
  entries: readonly BundleEntry[],
  { assigned }: Outcome,
  { conformance }: Pick<FhirContext, 'conformance'>,
): readonly string[] {
  const { criteria } = condition.permitted.interaction.query;
  if (!criteria.every(isPlain)) return [];
  return entries.flatMap(({ index, content }) => {
    const reference = assigned.get(index);
    if (!content || reference === undefined || content.resource.resourceType !== type) return [];
    const id = reference.slice(type.length + 1);
    const values = conformance.parameters.valuesOf({ ...content.resource, id });
    return meets(criteria, { id, values, lastUpdated: Date.now() }) ? [reference] : [];
  });
}

function nothing(type: string): FhirError {
  return new FhirError(400, [
    issue('not-found', `A conditional reference finds no ${type}. Send that resource first, or in the same Bundle.`),
  ]);
}

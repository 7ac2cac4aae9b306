import { type BundleEntry, resolveReferences } from '@chartgate/fhir';
import type { Content } from '../access/interaction.ts';
import type { ResourceStore, StoredVersion, Write } from '../store/ports.ts';
import { type Answer, answerWrite } from './answer.ts';
import { bundleText } from './bundle-text.ts';
import { type Conditions, conditionsOf, type Matches, matchesOf } from './conditions.ts';
import { dispatchRead, type FhirContext, type FhirRequest } from './dispatch.ts';
import { inEntry, responseEntry } from './entry.ts';
import { newResourceId } from './resource-id.ts';
import { permitUpdate } from './update.ts';

/** An entry of a transaction, validated, with the request it stands for. */
export type TransactionEntry = { readonly entry: BundleEntry; readonly request: FhirRequest };

/**
 * FHIR transaction: all entries or none. Conditions are answered first, from what was there before; then new resources
 * get their ids, links between entries are rewritten, and everything is written at once. Reads come last and see it.
 * @throws {FhirError} of the first entry that fails; nothing is changed then
 * @see https://hl7.org/fhir/R4/http.html#transaction
 */
export async function transaction(entries: readonly TransactionEntry[], context: FhirContext): Promise<Answer> {
  const conditions = conditionsOf(entries, context);
  const responses = isOneStatement(entries)
    ? await run(entries, conditions, context)
    : await context.store.transaction(async (store) => {
        await store.guard(conditions.guards);
        return run(entries, conditions, { ...context, store });
      });
  return { status: 200, body: bundleText({ type: 'transaction-response' }, responses) };
}

/** Plain creates are written by one statement, which is atomic by itself. */
function isOneStatement(entries: readonly TransactionEntry[]): boolean {
  return entries.every(({ request }) => request.method === 'POST' && request.ifNoneExist === undefined);
}

type Store = Omit<ResourceStore, 'transaction' | 'relabel'>;

async function run(
  entries: readonly TransactionEntry[],
  conditions: Conditions,
  context: FhirContext<Store>,
): Promise<readonly string[]> {
  const matches = await matchesOf(conditions, context.store);
  const steps = stepsOf(entries, conditions, matches);
  const assigned = new Map(
    steps.flatMap((step) => ('reference' in step ? [[step.index, step.reference] as const] : [])),
  );
  const linked = resolveReferences(
    entries.map(({ entry }) => entry),
    { assigned, versions: firstVersions(steps), conditional: matches.references },
  );
  const written = await write(steps, linked, context);
  const responses: string[] = [];
  for (const step of steps) {
    responses.push(await inEntry(step.index, async () => respond(step, written.get(step.index), context)));
  }
  return responses;
}

/** What becomes of an entry. `reference` is the `Type/id` that links to it are rewritten to. */
type Step = { readonly index: number; readonly request: FhirRequest } & (
  | { readonly kind: 'create'; readonly reference: string; readonly type: string; readonly id: string }
  | { readonly kind: 'update'; readonly reference: string; readonly type: string; readonly id: string }
  | { readonly kind: 'delete'; readonly type: string; readonly id: string }
  /** A conditional create that found its resource, in the store or earlier in this bundle. */
  | { readonly kind: 'found'; readonly reference: string }
  | { readonly kind: 'read' }
);

function stepsOf(entries: readonly TransactionEntry[], conditions: Conditions, matches: Matches): readonly Step[] {
  const madeHere = new Map<string, string>();
  return entries.map(({ entry, request }): Step => {
    const { index } = entry;
    const { type, id = '' } = entry.request.target;
    if (request.method === 'GET') return { index, request, kind: 'read' };
    if (request.method === 'DELETE') return { index, request, kind: 'delete', type, id };
    if (request.method === 'PUT') return { index, request, kind: 'update', type, id, reference: `${type}/${id}` };
    const guard = conditions.ifNoneExist.get(index)?.guard;
    const found = matches.ifNoneExist.get(index) ?? (guard === undefined ? undefined : madeHere.get(guard));
    if (found !== undefined) return { index, request, kind: 'found', reference: found };
    const newId = newResourceId();
    const reference = `${type}/${newId}`;
    if (guard !== undefined) madeHere.set(guard, reference);
    return { index, request, kind: 'create', type, id: newId, reference };
  });
}

/** What a version-specific link to a new resource says: version 1. Of an updated one the number is not known yet. */
function firstVersions(steps: readonly Step[]): ReadonlyMap<number, string> {
  return new Map(steps.flatMap((step) => (step.kind === 'create' ? [[step.index, '1'] as const] : [])));
}

/** The stored versions by the entry's index. */
async function write(
  steps: readonly Step[],
  linked: readonly BundleEntry[],
  context: FhirContext<Store>,
): Promise<ReadonlyMap<number, StoredVersion>> {
  const writes: { index: number; write: Write }[] = [];
  for (const [at, step] of steps.entries()) {
    const write = await inEntry(step.index, async () => writeOf(step, linked[at]!.content, context));
    if (write) writes.push({ index: step.index, write });
  }
  const stored = await context.store.write(writes.map((one) => one.write));
  return new Map(writes.map(({ index }, at) => [index, stored[at]!]));
}

function writeOf(step: Step, content: Content | undefined, context: FhirContext<Store>): Write | undefined {
  switch (step.kind) {
    case 'create': {
      const permitted = context.rights.require({ code: 'create', type: step.type, content: content! });
      return { kind: 'create', permitted, id: step.id };
    }
    case 'update':
      return permitUpdate({ ...step, content: content!, ifMatch: step.request.ifMatch }, context.rights);
    case 'delete': {
      const ifMatch = step.request.ifMatch === undefined ? {} : { ifMatch: step.request.ifMatch };
      const permitted = context.rights.require({ code: 'delete', type: step.type, id: step.id, ...ifMatch });
      return { kind: 'delete', permitted };
    }
    case 'found':
    case 'read':
      return undefined;
    default:
      return step satisfies never;
  }
}

async function respond(step: Step, stored: StoredVersion | undefined, context: FhirContext<Store>): Promise<string> {
  switch (step.kind) {
    case 'create':
      return responseEntry(answerWrite(stored!, true), context.base);
    case 'update':
      return responseEntry(answerWrite(stored!, stored!.version === 1), context.base);
    case 'delete':
      return responseEntry({ status: 204 }, context.base);
    case 'found':
      return responseEntry({ status: 200, location: step.reference }, context.base);
    case 'read': {
      const answer = await dispatchRead(step.request, context);
      return responseEntry(answer, context.base, answer.body);
    }
    default:
      return step satisfies never;
  }
}

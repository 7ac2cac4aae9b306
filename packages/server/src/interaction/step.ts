import { badRequest, FhirError, issue } from '@chartgate/fhir';
import type { Content } from '../access/interaction.ts';
import type { Rights } from '../access/rights.ts';
import type { Write } from '../store/ports.ts';
import type { Conditions } from './conditions.ts';
import { deletion } from './delete.ts';
import { isOperation, isRead } from './dispatch.ts';
import { entryRefusal, inEntryNow } from './entry.ts';
import { nothingToPatch } from './patch.ts';
import type { FhirRequest } from './request.ts';
import { newResourceId } from './resource-id.ts';
import type { TransactionEntry } from './transaction.ts';
import { nothingToMatch, permitUpdate, requireSameId } from './update.ts';

/** What becomes of an entry. `reference` is the `Type/id` that links to it are rewritten to. */
export type Step = { readonly index: number; readonly request: FhirRequest } & (
  | (Written & { readonly kind: 'create' })
  /** `isNew`: the condition finds nothing, so the id of the body must be free. */
  | (Written & { readonly kind: 'update'; readonly isNew: boolean })
  | (Written & { readonly kind: 'patch' })
  | { readonly kind: 'delete'; readonly type: string; readonly id: string }
  /** A conditional create that found its resource, in the store or earlier in this bundle. */
  | { readonly kind: 'found'; readonly reference: string }
  /** A conditional delete that found nothing. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'read' }
);

type Written = { readonly type: string; readonly id: string; readonly reference: string };

/** @param matches the id that each entry's condition finds @throws {FhirError} naming the entry */
export function stepsOf(
  entries: readonly TransactionEntry[],
  { byEntry }: Conditions,
  matches: ReadonlyMap<number, string>,
): readonly Step[] {
  const madeHere = new Map<string, string>();
  return entries.map(({ entry, request }): Step => {
    const { index } = entry;
    const guard = byEntry.get(index)?.guard;
    const condition = guard === undefined ? undefined : { found: matches.get(index), madeHere: madeHere.get(guard) };
    const step = inEntryNow(index, () => stepOf({ entry, request }, condition));
    if (guard !== undefined && 'reference' in step) madeHere.set(guard, step.reference);
    return { index, request, ...step };
  });
}

/** What a condition finds: in the store, or made by an earlier entry with the same condition. */
type Found = { readonly found: string | undefined; readonly madeHere: string | undefined };

type Bare<S> = S extends unknown ? Omit<S, 'index' | 'request'> : never;

function stepOf({ entry, request }: TransactionEntry, condition: Found | undefined): Bare<Step> {
  const { type = '', id } = entry.request.target;
  if (isOperation(request.path)) throw badRequest('A transaction takes no operations. Send them in a batch.');
  if (isRead(request)) return { kind: 'read' };
  switch (request.method) {
    case 'POST':
      return creation(type, condition);
    case 'PUT':
      return condition ? conditionalUpdate({ entry, request }, type, condition) : changed('update', type, id!);
    case 'PATCH':
      if (condition && condition.found === undefined) throw nothingToPatch(type);
      return changed('patch', type, condition?.found ?? id!);
    case 'DELETE':
      if (condition && condition.found === undefined) return { kind: 'nothing' };
      return { kind: 'delete', type, id: condition?.found ?? id! };
    case 'GET':
      return { kind: 'read' };
    default:
      return request.method satisfies never;
  }
}

function changed(kind: 'update' | 'patch', type: string, id: string): Bare<Step> {
  const written = { type, id, reference: `${type}/${id}` };
  return kind === 'update' ? { kind, isNew: false, ...written } : { kind, ...written };
}

function creation(type: string, condition: Found | undefined): Bare<Step> {
  if (condition?.found !== undefined) return { kind: 'found', reference: `${type}/${condition.found}` };
  if (condition?.madeHere !== undefined) return { kind: 'found', reference: condition.madeHere };
  const id = newResourceId();
  return { kind: 'create', type, id, reference: `${type}/${id}` };
}

function conditionalUpdate({ entry, request }: TransactionEntry, type: string, condition: Found): Bare<Step> {
  if (condition.madeHere !== undefined) throw madeTwice(entry.index);
  const { found } = condition;
  if (found !== undefined) {
    requireSameId(entry.content!, { type, id: found });
    return changed('update', type, found);
  }
  if (request.ifMatch !== undefined) throw nothingToMatch();
  const { id } = entry.content!.resource;
  if (id === undefined) return creation(type, undefined);
  return { kind: 'update', isNew: true, type, id, reference: `${type}/${id}` };
}

function madeTwice(index: number): FhirError {
  return entryRefusal(
    index,
    new FhirError(400, [issue('duplicate', 'Another entry has the same condition. Each resource may come once.')]),
  );
}

/** The write that a step asks for, with its permits; undefined where it changes nothing. @throws {FhirError} 403 */
export function writeOf(step: Step, content: Content | undefined, rights: Rights): Write | undefined {
  switch (step.kind) {
    case 'create': {
      const permitted = rights.require({ code: 'create', type: step.type, content: content! });
      return { kind: 'create', permitted, id: step.id };
    }
    case 'update': {
      const { type, id, request } = step;
      const taken = step.isNew ? { ifNoneMatch: '*' as const } : {};
      return permitUpdate({ ...request, type, id, content: content!, ...taken }, rights);
    }
    case 'patch': {
      const { type, id } = step;
      return { kind: 'update', permitted: rights.require({ code: 'update', type, id, content: content! }) };
    }
    case 'delete': {
      const { type, id, request } = step;
      return { kind: 'delete', permitted: rights.require(deletion({ type, id, ifMatch: request.ifMatch })) };
    }
    case 'found':
    case 'nothing':
    case 'read':
      return undefined;
    default:
      return step satisfies never;
  }
}

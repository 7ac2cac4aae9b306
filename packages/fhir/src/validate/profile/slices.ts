import { checkCount, checkItem } from './check.ts';
import { innerResource } from './inner-resource.ts';
import { type Item, isResourceItem, placeOf } from './item.ts';
import { matcherOf } from './matcher.ts';
import type { ElementRules, Slicing } from './rules.ts';

/**
 * Sorts the values of an element into its slices and checks each by the rules of its slice.
 * @see https://hl7.org/fhir/R4/profiling.html#slicing
 */
export function checkSlices(rules: ElementRules, items: readonly Item[], parent: Item): void {
  const { run } = parent.scope;
  const slicing = rules.slicing as Slicing;
  const named = slicing.slices.filter(({ sliceName }) => sliceName !== '@default');
  const slices = named.filter((slice) => matcherOf(rules, slice, run.profiles));
  if (slices.length < named.length) notTold(rules, parent);
  const sorting: Sorting = { rules, slicing, slices, isComplete: slices.length === named.length };
  const sorted = new Map<ElementRules, Item[]>(slices.map((slice) => [slice, []]));
  const progress: Progress = { last: -1, sawOther: false };
  for (const found of items) {
    const item = isResourceItem(found) ? innerResource(found) : found;
    const at = slices.findIndex((slice) => run.spend(item) && matcherOf(rules, slice, run.profiles)?.(item));
    checkOrder(sorting, item, { at, progress });
    const slice = slices[at];
    if (slice) sorted.get(slice)?.push(item);
    else checkUnmatched(sorting, item);
  }
  for (const [slice, those] of sorted) checkSlice(slice, those, parent);
}

type Sorting = {
  readonly rules: ElementRules;
  readonly slicing: Slicing;
  readonly slices: readonly ElementRules[];
  /** Whether every slice can be told. */
  readonly isComplete: boolean;
};

function notTold({ id, profile, name }: ElementRules, parent: Item): void {
  const text = `Some slices of ${id} were not checked: ${profile} does not say what they are told by.`;
  parent.scope.run.add({ severity: 'information', code: 'incomplete', text, at: `${placeOf(parent)}.${name}` });
}

/** A value that is of no slice. */
function checkUnmatched({ rules, slicing, slices, isComplete }: Sorting, item: Item): void {
  const rest = slicing.slices.find(({ sliceName }) => sliceName === '@default');
  if (rest) {
    checkItem(rest, item);
    return;
  }
  if (slicing.rules !== 'closed' || !isComplete) return;
  const names = slices.map(({ sliceName }) => sliceName).join(', ');
  const text = `This is none of the slices of ${rules.id}, and ${rules.profile} allows no others: ${names}.`;
  item.scope.run.add({ severity: 'error', code: 'structure', text, at: item });
}

function checkSlice(slice: ElementRules, items: readonly Item[], parent: Item): void {
  checkCount(slice, items.length, parent);
  for (const item of items) checkItem(slice, item);
  if (slice.slicing) checkSlices(slice, items, parent);
}

type Progress = { last: number; sawOther: boolean };

/** @param at the slice's place among the slices; -1 for a value that is of none */
function checkOrder(
  { rules, slicing }: Sorting,
  item: Item,
  { at, progress }: { readonly at: number; readonly progress: Progress },
): void {
  const { run } = item.scope;
  if (at < 0) {
    progress.sawOther = true;
    return;
  }
  if (slicing.rules === 'openAtEnd' && progress.sawOther) {
    const text = `${rules.profile} allows values outside of the slices of ${rules.id} at the end alone.`;
    run.add({ severity: 'error', code: 'structure', text, at: item });
  }
  if (slicing.isOrdered && at < progress.last) {
    const text = `The slices of ${rules.id} come in the order in which ${rules.profile} defines them.`;
    run.add({ severity: 'error', code: 'structure', text, at: item });
  }
  progress.last = Math.max(progress.last, at);
}

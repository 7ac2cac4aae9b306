import { innerResource } from './inner-resource.ts';
import { childItems, type Item, isResourceItem, objectOf } from './item.ts';
import { referenceText, resolveInScope } from './reference-target.ts';
import type { Step } from './rules.ts';

/** The values at a discriminator's path, from an item on. */
export function followPath(item: Item, path: readonly Step[]): readonly Item[] {
  let items: readonly Item[] = [item];
  for (const step of path) items = items.flatMap((one) => follow(one, step));
  return items;
}

function follow(item: Item, step: Step): readonly Item[] {
  switch (step.kind) {
    case 'member':
      return childItems(item, step.name).map((child) => (isResourceItem(child) ? innerResource(child) : child));
    case 'extension':
      return childItems(item, 'extension').filter(({ value }) => objectOf(value)?.url === step.url);
    case 'ofType':
      return item.type === step.type ? [item] : [];
    case 'resolve': {
      const text = referenceText(item);
      const found = text === undefined ? undefined : resolveInScope(text, item.scope);
      return found ? [found.item] : [];
    }
    default:
      return step satisfies never;
  }
}

import type { BundleScope } from './bundle-scope.ts';
import type { Item } from './item.ts';
import type { Run } from './run.ts';

/** A resource under validation and what is around it: what references and FHIRPath variables are resolved in. */
export type Scope = {
  readonly run: Run;
  /** `%resource`. Set as soon as the scope is made; an item and its scope name each other. */
  resource: Item;
  /** `%rootResource`: the one that contains it, or itself. */
  root: Item;
  readonly isContained: boolean;
  /** The nearest Bundle around it. */
  readonly bundle: BundleScope | undefined;
  /** `Bundle.entry.fullUrl` of its entry. */
  readonly fullUrl: string | undefined;
};

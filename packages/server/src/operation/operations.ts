import { docref } from './docref.ts';
import { everything } from './everything.ts';
import { expand } from './expand.ts';
import { explain } from './explain.ts';
import { lastn } from './lastn.ts';
import { lookup } from './lookup.ts';
import { meta, metaAdd, metaDelete } from './meta.ts';
import type { Operation } from './operation.ts';
import { searchParameterStatus } from './search-parameter-status.ts';
import { subsumes } from './subsumes.ts';
import { validate } from './validate.ts';
import { validateCodeOfCodeSystem, validateCodeOfValueSet } from './validate-code.ts';

/** Every operation of this server. */
export const operations: readonly Operation[] = [
  docref,
  everything,
  expand,
  explain,
  lastn,
  lookup,
  meta,
  metaAdd,
  metaDelete,
  searchParameterStatus,
  subsumes,
  validate,
  validateCodeOfCodeSystem,
  validateCodeOfValueSet,
];

/** Operations of one name, each of which has its own places. @param name without the `$` */
export function operationsNamed(name: string): readonly Operation[] {
  return operations.filter((operation) => operation.name === name);
}

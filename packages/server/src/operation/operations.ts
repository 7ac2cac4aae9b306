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
import { validateCode } from './validate-code.ts';

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
  validateCode,
];

const byName = new Map(operations.map((operation) => [operation.name, operation]));

/** @param name without the `$` */
export function operationNamed(name: string): Operation | undefined {
  return byName.get(name);
}

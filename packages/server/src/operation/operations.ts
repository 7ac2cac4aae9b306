import { docref } from './docref.ts';
import { everything } from './everything.ts';
import { lastn } from './lastn.ts';
import { meta, metaAdd, metaDelete } from './meta.ts';
import type { Operation } from './operation.ts';
import { searchParameterStatus } from './search-parameter-status.ts';
import { validate } from './validate.ts';

/** Every operation of this server. */
export const operations: readonly Operation[] = [
  docref,
  everything,
  lastn,
  meta,
  metaAdd,
  metaDelete,
  searchParameterStatus,
  validate,
];

const byName = new Map(operations.map((operation) => [operation.name, operation]));

/** @param name without the `$` */
export function operationNamed(name: string): Operation | undefined {
  return byName.get(name);
}

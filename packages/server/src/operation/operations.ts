import type { Operation } from './operation.ts';

/** Every operation of this server. */
export const operations: readonly Operation[] = [];

const byName = new Map(operations.map((operation) => [operation.name, operation]));

/** @param name without the `$` */
export function operationNamed(name: string): Operation | undefined {
  return byName.get(name);
}

import type { CanonicalSource } from '../conformance/canonical-source.ts';
import { type CodeSet, countOut } from './code-set.ts';
import { withAncestors, withDescendants } from './code-system.ts';
import { findCodeSystem } from './system-set.ts';
import type { Terminology } from './terminology.ts';
import { TerminologyError } from './terminology-error.ts';
import { valueSetsOf } from './value-set.ts';

/**
 * Answers about codes from the value sets and code systems of a source. What it made of a value set it remembers as long
 * as the source does: make another one when the source has changed.
 */
export function terminologyOf(canonicals: CanonicalSource): Terminology {
  const valueSets = valueSetsOf(canonicals);
  const find = (canonical: string): CodeSet | undefined => orUndefined(() => valueSets.find(canonical));
  const conceptOf = (system: string, code: string) => findCodeSystem(canonicals, system)?.find(code);
  return {
    isMember(valueSet, { system, code }) {
      if (code === undefined) return false;
      return orUndefined(() => find(valueSet)?.has({ system, code }));
    },
    codings: (valueSet, limit) =>
      orUndefined(() => {
        const set = find(valueSet);
        return (
          set &&
          atMost(limit, countOut(set), ({ system, code, display }) => ({
            system,
            code,
            ...(display === undefined ? {} : { display }),
          }))
        );
      }),
    below(system, code, limit) {
      const concept = conceptOf(system, code);
      return concept && atMost(limit, withDescendants(concept), (one) => one.code);
    },
    above(system, code) {
      const concept = conceptOf(system, code);
      return concept && [...withAncestors(concept)].map((one) => one.code);
    },
  };
}

/** Undefined where there are more. */
function atMost<T, R>(limit: number, items: Iterable<T>, make: (item: T) => R): R[] | undefined {
  const made: R[] = [];
  for (const item of items) {
    if (made.length === limit) return undefined;
    made.push(make(item));
  }
  return made;
}

function orUndefined<T>(work: () => T | undefined): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof TerminologyError) return undefined;
    throw error;
  }
}

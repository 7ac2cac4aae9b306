import type { CanonicalResource, CanonicalSource } from '../conformance/canonical-source.ts';
import { type CodeSet, costOf, difference, type Entry, intersection, listed, union, unknownSet } from './code-set.ts';
import type { Designation } from './code-system.ts';
import { type SystemPart, systemSet } from './system-set.ts';
import { TerminologyError } from './terminology-error.ts';

/** @see https://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.compose.include */
type Include = Partial<SystemPart> & { readonly valueSet?: readonly string[] };

type Compose = {
  readonly inactive?: boolean;
  readonly include?: readonly Include[];
  readonly exclude?: readonly Include[];
};

type Contains = {
  readonly system?: string;
  readonly version?: string;
  readonly code?: string;
  readonly display?: string;
  readonly designation?: readonly Designation[];
  readonly abstract?: boolean;
  readonly inactive?: boolean;
  readonly contains?: readonly Contains[];
};

type Expansion = { readonly total?: number; readonly offset?: number; readonly contains?: readonly Contains[] };

/** Value sets in value sets that are followed. */
const deepest = 30;

/** The value sets of a source, as sets of codes. */
export type ValueSets = {
  /** Undefined where it is not here. */
  find(canonical: string): CodeSet | undefined;
  /** The codes of a ValueSet resource, wherever it comes from; remembered as long as the resource is. */
  of(valueSet: CanonicalResource): CodeSet;
};

export function valueSetsOf(canonicals: CanonicalSource): ValueSets {
  const known = new WeakMap<CanonicalResource, CodeSet>();
  /** Those that are being made: one that includes itself, however far around, is none. */
  const open = new Set<CanonicalResource>();

  function of(valueSet: CanonicalResource): CodeSet {
    const before = known.get(valueSet);
    if (before) return before;
    if (open.has(valueSet) || open.size > deepest) {
      throw new TerminologyError(
        'not-supported',
        `The value set ${valueSet.url} includes itself, or others too deeply.`,
      );
    }
    open.add(valueSet);
    try {
      const set = made(valueSet);
      known.set(valueSet, set);
      return set;
    } finally {
      open.delete(valueSet);
    }
  }

  function made({ url, compose, expansion }: CanonicalResource): CodeSet {
    const stored = expansion === undefined ? undefined : expandedSet(url, expansion as Expansion);
    if (compose === undefined) return stored ?? unknownSet(`The value set ${url} does not say which codes it has.`);
    const composed = composedSet(compose as Compose);
    return stored ? withStored(composed, stored) : composed;
  }

  function composedSet({ include = [], exclude = [], inactive }: Compose): CodeSet {
    const included = union(include.map(includedSet));
    const set = exclude.length === 0 ? included : difference(included, union(exclude.map(includedSet)));
    return inactive === false ? onlyActive(set) : set;
  }

  function includedSet({ system, valueSet = [], ...part }: Include): CodeSet {
    const own = system === undefined ? [] : [systemSet(canonicals, { system, ...part })];
    return intersection([...own, ...valueSet.map(imported)]);
  }

  function imported(canonical: string): CodeSet {
    const found = canonicals.find('ValueSet', canonical);
    if (!found) return unknownSet(`The value set ${canonical} is not here.`);
    return of(found);
  }

  return {
    of,
    find(canonical) {
      const found = canonicals.find('ValueSet', canonical);
      return found && of(found);
    },
  };
}

/** What the definition cannot tell, an expansion that came with the value set may. */
function withStored(composed: CodeSet, stored: CodeSet): CodeSet {
  return {
    ...costOf([composed, stored]),
    has: (asked) => composed.has(asked) ?? stored.has(asked),
    find: (asked) => composed.find(asked) ?? stored.find(asked),
    all() {
      try {
        return [...composed.all()];
      } catch (error) {
        if (error instanceof TerminologyError && error.code === 'not-supported') return stored.all();
        throw error;
      }
    },
  };
}

/** @see https://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.compose.inactive */
function onlyActive(set: CodeSet): CodeSet {
  const find: CodeSet['find'] = (asked) => {
    const entry = set.find(asked);
    return entry?.isInactive ? undefined : entry;
  };
  return {
    ...costOf([set]),
    has: (asked) => (set.find(asked)?.isInactive ? false : set.has(asked)),
    find,
    *all() {
      for (const entry of set.all()) if (!entry.isInactive) yield entry;
    },
  };
}

function expandedSet(url: string, { total, offset = 0, contains = [] }: Expansion): CodeSet {
  const entries = contains.flatMap(entriesIn);
  const set = listed(entries);
  if (offset === 0 && (total === undefined || total <= entries.length)) return set;
  return {
    ...costOf([set]),
    has: (asked) => (set.has(asked) ? true : undefined),
    find: set.find,
    all: unknownSet(`Of the value set ${url} only a part is at hand.`).all,
  };
}

function entriesIn(one: Contains): Entry[] {
  const { system, code, version, display, designation, abstract, inactive, contains = [] } = one;
  const below = contains.flatMap(entriesIn);
  if (system === undefined || code === undefined) return below;
  const entry: Entry = {
    system,
    ...(version === undefined ? {} : { version }),
    code,
    ...(display === undefined ? {} : { display }),
    designations: designation ?? [],
    isAbstract: abstract ?? false,
    isInactive: inactive ?? false,
  };
  return [entry, ...below];
}

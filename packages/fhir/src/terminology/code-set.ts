import type { Designation } from './code-system.ts';
import { TerminologyError } from './terminology-error.ts';

/** A code of a value set, with what its definition says about it. */
export type Entry = {
  readonly system: string;
  readonly version?: string;
  readonly code: string;
  readonly display?: string;
  readonly designations: readonly Designation[];
  readonly isAbstract: boolean;
  readonly isInactive: boolean;
};

/** A code that is asked about; without a system it may be of any. */
export type Asked = { readonly system?: string | undefined; readonly code: string };

/** A set of codes, some of which may not be at hand. */
export type CodeSet = {
  /** How many sets are asked at most about one code. */
  readonly weight: number;
  /** How many codes are walked at most to count it out. */
  readonly size: number;
  /** Undefined: it cannot be told. */
  has(asked: Asked): boolean | undefined;
  /** The entry of a code, for its display; undefined where there is none at hand. */
  find(asked: Asked): Entry | undefined;
  /** All codes, in order, some perhaps twice. @throws {TerminologyError} where they are not all at hand */
  all(): Iterable<Entry>;
};

/** A set of codes that are all at hand. */
export function listed(entries: readonly Entry[]): CodeSet {
  const byCode = new Map<string, Entry[]>();
  for (const entry of entries) {
    const same = byCode.get(entry.code);
    if (same) same.push(entry);
    else byCode.set(entry.code, [entry]);
  }
  const find = ({ system, code }: Asked) =>
    byCode.get(code)?.find((entry) => system === undefined || entry.system === system);
  return { weight: 1, size: entries.length, has: (asked) => find(asked) !== undefined, find, all: () => entries };
}

/** A set of which nothing is at hand. @param why goes into the message of whoever wants all of it */
export function unknownSet(why: string, has: (asked: Asked) => boolean | undefined = () => undefined): CodeSet {
  return {
    weight: 1,
    size: 0,
    has,
    find: () => undefined,
    all: () => {
      throw new TerminologyError('not-supported', why);
    },
  };
}

/** What is in any of the sets. */
export function union(sets: readonly CodeSet[]): CodeSet {
  const [only] = sets;
  if (only && sets.length === 1) return only;
  return {
    ...costOf(sets),
    has: (asked) => any(sets.map((set) => () => set.has(asked))),
    find: (asked) => first(sets, (set) => set.find(asked)),
    *all() {
      for (const set of sets) yield* set.all();
    },
  };
}

/** What is in all of the sets; the first one that can be counted out is, and the others are asked. */
export function intersection(sets: readonly CodeSet[]): CodeSet {
  const [only] = sets;
  if (only && sets.length === 1) return only;
  const has = (asked: Asked) => all(sets.map((set) => () => set.has(asked)));
  return {
    ...costOf(sets),
    has,
    find: (asked) => (has(asked) === false ? undefined : first(sets, (set) => set.find(asked))),
    all: () => selected(countable(sets), (entry) => required(has(entry), entry)),
  };
}

/** What is in a set and not in another. */
export function difference(set: CodeSet, without: CodeSet): CodeSet {
  const has = (asked: Asked) => all([() => set.has(asked), () => not(without.has(asked))]);
  return {
    ...costOf([set, without]),
    has,
    find: (asked) => (has(asked) === false ? undefined : set.find(asked)),
    all: () => selected(set.all(), (entry) => !required(without.has(entry), entry)),
  };
}

/** Sets that one question may ask: value sets that import each other many times over end here. */
const heaviest = 10_000;

/** Questions that counting a set out may take. */
const costliest = 100_000_000;

/** @throws {TerminologyError} too-costly, where a set is put together of too many */
export function costOf(sets: readonly CodeSet[]): Pick<CodeSet, 'weight' | 'size'> {
  let [weight, size] = [0, 0];
  for (const set of sets) {
    weight += set.weight;
    size += set.size;
  }
  if (weight <= heaviest) return { weight, size };
  throw new TerminologyError('too-costly', `A value set is put together of more than ${heaviest} parts.`);
}

/** All codes of a set. @throws {TerminologyError} too-costly, not-supported */
export function countOut(set: CodeSet): Iterable<Entry> {
  if (set.weight * set.size <= costliest) return set.all();
  throw new TerminologyError('too-costly', 'To count the value set out takes more steps than are taken for one.');
}

function* selected(entries: Iterable<Entry>, isIn: (entry: Entry) => boolean): Generator<Entry> {
  for (const entry of entries) if (isIn(entry)) yield entry;
}

function countable(sets: readonly CodeSet[]): Iterable<Entry> {
  let failure: unknown;
  for (const set of sets) {
    try {
      return [...set.all()];
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

function required(answer: boolean | undefined, { system }: Entry): boolean {
  if (answer !== undefined) return answer;
  throw new TerminologyError(
    'not-supported',
    `Which codes of ${system} are meant cannot be told: they are not at hand.`,
  );
}

type Question = () => boolean | undefined;

/** True where one is true; else undefined where one cannot be told. */
function any(questions: readonly Question[]): boolean | undefined {
  let answer: boolean | undefined = false;
  for (const question of questions) {
    const one = question();
    if (one) return true;
    if (one === undefined) answer = undefined;
  }
  return answer;
}

function all(questions: readonly Question[]): boolean | undefined {
  return not(any(questions.map((question) => () => not(question()))));
}

function not(answer: boolean | undefined): boolean | undefined {
  return answer === undefined ? undefined : !answer;
}

function first<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

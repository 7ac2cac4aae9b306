import { type CanonicalSource, canonicalOf } from '../conformance/canonical-source.ts';
import { type Asked, type CodeSet, type Entry, listed, unknownSet } from './code-set.ts';
import { type CodeSystem, type Concept, codeSystemOf, type Designation } from './code-system.ts';
import { type ConceptTest, type Filter, filterTest } from './filter.ts';
import { knownSystem } from './known-systems.ts';
import { TerminologyError } from './terminology-error.ts';

/** What a value set takes out of one code system. */
export type SystemPart = {
  readonly system: string;
  readonly version?: string;
  readonly concept?: readonly ListedConcept[];
  readonly filter?: readonly Filter[];
};

type ListedConcept = {
  readonly code: string;
  readonly display?: string;
  readonly designation?: readonly Designation[];
};

/** The code system of that URL; undefined where it is not at hand, or only a supplement of it is. */
export function findCodeSystem(canonicals: CanonicalSource, url: string, version?: string): CodeSystem | undefined {
  const resource = canonicals.find('CodeSystem', canonicalOf({ url, version }));
  // a stub tells only that the system exists, a supplement only adds words to another one
  const isHere = resource && resource.content !== 'not-present' && resource.content !== 'supplement';
  return isHere ? codeSystemOf(resource) : undefined;
}

/** The codes that an include or exclude takes out of its code system. */
export function systemSet(canonicals: CanonicalSource, part: SystemPart): CodeSet {
  const { system: url, version, concept, filter = [] } = part;
  // Value sets pin versions of code systems that are not at hand, even within one package: then the one at hand is taken.
  const system = findCodeSystem(canonicals, url, version) ?? findCodeSystem(canonicals, url);
  if (concept) return listed(concept.map((one) => listedEntry(one, part, system)));
  if (!system) return notAtHand(url, filter.length > 0);
  try {
    const tests = filter.map((one) => filterTest(system, one));
    return ofConcepts(system, (found) => tests.every((test) => test(found)));
  } catch (error) {
    if (error instanceof TerminologyError) return unknownSet(error.message, onlyOf(url));
    throw error;
  }
}

function listedEntry(listedConcept: ListedConcept, part: SystemPart, system: CodeSystem | undefined): Entry {
  const { code, display, designation } = listedConcept;
  const known = system?.find(code);
  const entry = known && system ? entryOf(system, known) : undefined;
  const shown = display ?? entry?.display ?? knownSystem(part.system)?.display(code);
  const version = part.version ?? entry?.version;
  return {
    system: part.system,
    ...(version === undefined ? {} : { version }),
    code,
    ...(shown === undefined ? {} : { display: shown }),
    designations: designation ?? entry?.designations ?? [],
    isAbstract: entry?.isAbstract ?? false,
    isInactive: entry?.isInactive ?? false,
  };
}

function ofConcepts(system: CodeSystem, test: ConceptTest): CodeSet {
  const conceptOf = ({ system: url, code }: Asked) =>
    url === undefined || url === system.url ? system.find(code) : undefined;
  return {
    weight: 1,
    size: system.concepts.length,
    has(asked) {
      if (asked.system !== undefined && asked.system !== system.url) return false;
      const concept = conceptOf(asked);
      if (concept) return test(concept);
      return system.isComplete ? false : undefined;
    },
    find(asked) {
      const concept = conceptOf(asked);
      return concept && test(concept) ? entryOf(system, concept) : undefined;
    },
    *all() {
      if (!system.isComplete) {
        throw new TerminologyError('not-supported', `Not all codes of ${system.url} are at hand.`);
      }
      for (const concept of system.concepts) if (test(concept)) yield entryOf(system, concept);
    },
  };
}

/** A concept as an entry of a set. */
export function entryOf(system: CodeSystem, concept: Concept): Entry {
  const { code, display, designations, isAbstract, isInactive } = concept;
  return {
    system: system.url,
    ...(system.version === undefined ? {} : { version: system.version }),
    code,
    ...(display === undefined ? {} : { display }),
    designations,
    isAbstract,
    isInactive,
  };
}

function notAtHand(url: string, isFiltered: boolean): CodeSet {
  const known = isFiltered ? undefined : knownSystem(url);
  const isOther = onlyOf(url);
  const why = `The codes of ${url} are not at hand.`;
  if (!known) return unknownSet(why, isOther);
  const set = unknownSet(why, (asked) => (asked.system === url ? known.has(asked.code) : isOther(asked)));
  return {
    ...set,
    find({ system, code }) {
      if (system !== url || known.has(code) !== true) return undefined;
      const display = known.display(code);
      const shown = display === undefined ? {} : { display };
      return { system, code, ...shown, designations: [], isAbstract: false, isInactive: false };
    },
  };
}

/** Codes of other systems are surely not meant. */
function onlyOf(url: string): (asked: Asked) => boolean | undefined {
  return ({ system }) => (system === undefined || system === url ? undefined : false);
}

import type { CanonicalResource } from '../conformance/canonical-source.ts';
import { type CodeSet, countOut, type Entry } from './code-set.ts';
import { displayIn, matcherOf } from './display.ts';
import { TerminologyError } from './terminology-error.ts';

/** How an expansion is wanted; the names are those of `$expand`. */
export type ExpandOptions = {
  readonly filter?: string | undefined;
  readonly offset?: number | undefined;
  readonly count?: number | undefined;
  readonly activeOnly?: boolean | undefined;
  readonly includeDesignations?: boolean | undefined;
  readonly includeDefinition?: boolean | undefined;
  /** Leaves out what no record may hold. */
  readonly excludeAbstract?: boolean | undefined;
  readonly displayLanguage?: string | undefined;
  readonly excludeSystem?: readonly string[] | undefined;
};

export const expandLimits = {
  /** Codes in one answer. */
  page: 10_000,
  /** Codes that are counted out for it. */
  codes: 200_000,
};

/** A ValueSet resource with its expansion. */
export type ExpandedValueSet = CanonicalResource & { readonly expansion: object };

/**
 * Counts the codes of a value set out, flat, without repetitions.
 * @param now ms since the epoch
 * @throws {TerminologyError} too-costly, not-supported
 * @see https://hl7.org/fhir/R4/valueset-operation-expand.html
 */
export function expand(
  valueSet: CanonicalResource,
  codes: CodeSet,
  options: ExpandOptions & { readonly now: number },
): ExpandedValueSet {
  const entries = wanted(codes, options);
  const { offset = 0, count } = options;
  if (count === undefined && entries.length - offset > expandLimits.page) {
    const most = expandLimits.page;
    const advice = `Ask for pages with offset and count, or for fewer with filter.`;
    throw new TerminologyError('too-costly', `The expansion has ${entries.length} codes, more than ${most}. ${advice}`);
  }
  const page = entries.slice(offset, offset + Math.min(count ?? expandLimits.page, expandLimits.page));
  const { compose, expansion: _, ...rest } = valueSet;
  return {
    ...rest,
    ...(options.includeDefinition && compose !== undefined ? { compose } : {}),
    expansion: {
      timestamp: new Date(options.now).toISOString(),
      total: entries.length,
      ...(offset > 0 || count !== undefined ? { offset } : {}),
      parameter: parametersOf(entries, options),
      ...(page.length > 0 ? { contains: page.map((entry) => containsOf(entry, options)) } : {}),
    },
  };
}

function wanted(codes: CodeSet, options: ExpandOptions): readonly Entry[] {
  const { filter } = options;
  const matches = filter === undefined || filter.trim() === '' ? () => true : matcherOf(filter);
  const seen = new Set<string>();
  const entries: Entry[] = [];
  let walked = 0;
  for (const entry of countOut(codes)) {
    walked += 1;
    if (walked > expandLimits.codes) throw tooMany();
    if (isLeftOut(entry, options) || !matches(entry)) continue;
    const key = `${entry.system}\n${entry.code}`;
    if (seen.has(key)) continue;
    seen.add(key);
    entries.push(entry);
  }
  return entries;
}

function isLeftOut(entry: Entry, { activeOnly, excludeAbstract, excludeSystem = [] }: ExpandOptions): boolean {
  if ((activeOnly && entry.isInactive) || (excludeAbstract && entry.isAbstract)) return true;
  return excludeSystem.includes(entry.system);
}

function containsOf(entry: Entry, { displayLanguage, includeDesignations }: ExpandOptions) {
  const { system, version, code, designations, isAbstract, isInactive } = entry;
  const display = displayIn(entry, displayLanguage);
  return {
    system,
    ...(isAbstract ? { abstract: true } : {}),
    ...(isInactive ? { inactive: true } : {}),
    ...(version === undefined ? {} : { version }),
    code,
    ...(display === undefined ? {} : { display }),
    ...(includeDesignations && designations.length > 0 ? { designation: designations } : {}),
  };
}

/** What was asked, and which versions of code systems were used. */
function parametersOf(entries: readonly Entry[], options: ExpandOptions): readonly object[] {
  const { filter, offset, count, activeOnly, includeDesignations, displayLanguage } = options;
  const versions = new Set(
    entries.flatMap(({ system, version }) => (version === undefined ? [] : `${system}|${version}`)),
  );
  return [
    ...(filter === undefined ? [] : [{ name: 'filter', valueString: filter }]),
    ...(offset === undefined ? [] : [{ name: 'offset', valueInteger: offset }]),
    ...(count === undefined ? [] : [{ name: 'count', valueInteger: count }]),
    ...(activeOnly === undefined ? [] : [{ name: 'activeOnly', valueBoolean: activeOnly }]),
    ...(includeDesignations === undefined ? [] : [{ name: 'includeDesignations', valueBoolean: includeDesignations }]),
    ...(displayLanguage === undefined ? [] : [{ name: 'displayLanguage', valueCode: displayLanguage }]),
    { name: 'excludeNested', valueBoolean: true },
    ...[...versions].map((valueUri) => ({ name: 'version', valueUri })),
  ];
}

const tooMany = () =>
  new TerminologyError(
    'too-costly',
    `The value set has more than ${expandLimits.codes} codes, which are not counted out.`,
  );

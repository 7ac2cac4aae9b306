/** @property at when it happened; the greater, the later. @property concept a CodeableConcept as parsed JSON */
export type Candidate<K> = { readonly key: K; readonly at: bigint | undefined; readonly concept: unknown };

/**
 * The keys of the `max` latest of each group, latest first; those at the same time as the last of them come too.
 * Candidates with a coding in common are of one group, and so are all that are linked by such; without codings, those
 * with the same text. @see https://hl7.org/fhir/R4/observation-operation-lastn.html
 */
export function latestOfGroups<K>(candidates: readonly Candidate<K>[], max: number): K[] {
  const sorted = candidates.toSorted((a, b) => later(a.at, b.at));
  const groupOf = grouping(sorted.map(({ concept }) => namesOf(concept)));
  const groups = new Map<number, { count: number; last: bigint | undefined }>();
  return sorted.flatMap(({ key, at }, n) => {
    const group = groups.get(groupOf(n)) ?? { count: 0, last: undefined };
    if (group.count >= max && at !== group.last) return [];
    groups.set(groupOf(n), { count: group.count + 1, last: at });
    return [key];
  });
}

/** Those without a date come last. */
function later(a: bigint | undefined, b: bigint | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  return b === undefined || a > b ? -1 : 1;
}

/** By what a concept is equal to others. */
function namesOf(concept: unknown): readonly string[] {
  const { coding, text } = (concept ?? {}) as { readonly coding?: unknown; readonly text?: unknown };
  const codings = Array.isArray(coding) ? coding : [];
  const names = codings.flatMap((one) => (one?.code === undefined ? [] : [`${one.system ?? ''}|${one.code}`]));
  return names.length > 0 ? names : [`"${typeof text === 'string' ? text : ''}`];
}

/** Joins items that share a name (union-find). @returns the number of an item's group */
function grouping(items: readonly (readonly string[])[]): (item: number) => number {
  const parent = items.map((_, n) => n);
  const root = (n: number): number => {
    let at = n;
    while (parent[at] !== at) at = parent[at] = parent[parent[at] as number] as number;
    return at;
  };
  const first = new Map<string, number>();
  items.forEach((names, n) => {
    for (const name of names) {
      const known = first.get(name);
      if (known === undefined) first.set(name, n);
      else parent[root(n)] = root(known);
    }
  });
  return root;
}

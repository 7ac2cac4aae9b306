import {
  type Criterion,
  type Include,
  isPlain,
  meets,
  type Resource,
  r4SearchParameters,
  type SearchFacts,
  type SearchQuery,
  textOf,
} from '@chartgate/fhir';

/** A resource in memory, with what is searched of it. */
export type Held = SearchFacts & { readonly type: string };

export function held(resource: Resource, lastUpdated: number): Held {
  const { resourceType: type, id = '' } = resource;
  return { type, id, lastUpdated, values: r4SearchParameters.valuesOf(resource), text: textOf(resource) };
}

/** What a search finds among `all`, one resource after the other: slow, and plain enough to be believed. */
export function findByHand(all: readonly Held[], type: string, criteria: readonly Criterion[]): string[] {
  return meeting(all, type, criteria).map(({ id }) => id);
}

/** Link by link, from the far end: what meets the last criterion, then what points at it or is pointed at by it. */
function meeting(all: readonly Held[], type: string, criteria: readonly Criterion[]): readonly Held[] {
  const tests = criteria.map((criterion) => testOf(all, criterion));
  return all.filter((one) => one.type === type && tests.every((test) => test(one)));
}

function testOf(all: readonly Held[], criterion: Criterion): (one: Held) => boolean {
  if (isPlain(criterion)) return (one) => meets([criterion], one);
  const { code } = criterion.parameter;
  if (criterion.kind === 'chain') {
    const far = criterion.targets.flatMap((target) => meeting(all, target.type, [target.criterion]));
    const names = new Set(far.map(nameOf));
    return (one) => pointedAt(one, [code]).some((name) => names.has(name));
  }
  const far = meeting(all, criterion.type, [criterion.criterion]);
  const names = new Set(far.flatMap((one) => pointedAt(one, [code])));
  return (one) => names.has(nameOf(one));
}

const nameOf = ({ type, id }: { readonly type: string; readonly id: string }) => `${type}/${id}`;

function pointedAt(from: Held, codes: readonly string[]): readonly string[] {
  return from.values.flatMap((value) =>
    value.kind === 'reference' && codes.includes(value.parameter) && value.type !== undefined
      ? [`${value.type}/${value.id}`]
      : [],
  );
}

/** The names of what a search includes beside its matches: step by step, looking at each resource. */
export function includedByHand(
  all: readonly Held[],
  query: Pick<SearchQuery, 'include' | 'revinclude'>,
  matches: readonly string[],
): string[] {
  const known = new Set(matches);
  const types = new Set(all.map(({ type }) => type));
  const isThere = ({ source }: Include) => types.has(source);
  const [include, revinclude] = [query.include.filter(isThere), query.revinclude.filter(isThere)];
  let edge = all.filter((one) => known.has(nameOf(one)));
  for (let step = 0; edge.length > 0; step++) {
    const now = ({ iterate }: Include) => step === 0 || iterate;
    const isNew = (one: Held) =>
      !known.has(nameOf(one)) &&
      (include.filter(now).some((by) => edge.some((from) => brings(by, from, one))) ||
        revinclude.filter(now).some((by) => edge.some((to) => brings(by, one, to))));
    edge = all.filter(isNew);
    for (const one of edge) known.add(nameOf(one));
  }
  return [...known].filter((name) => !matches.includes(name)).sort();
}

function brings({ source, parameters, target }: Include, from: Held, to: Held): boolean {
  const codes = parameters.filter((one) => one.target.includes(to.type)).map(({ code }) => code);
  return from.type === source && (target ?? to.type) === to.type && pointedAt(from, codes).includes(nameOf(to));
}

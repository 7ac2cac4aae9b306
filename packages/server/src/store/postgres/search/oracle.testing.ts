import {
  type Criterion,
  isPlain,
  meets,
  type Resource,
  r4SearchParameters,
  type SearchFacts,
  textOf,
} from '@chartgate/fhir';

/** A resource in memory, with what is searched of it. */
export type Held = SearchFacts & { readonly type: string };

export function held(resource: Resource, lastUpdated: number): Held {
  const { resourceType: type, id = '' } = resource;
  const words = textOf(resource);
  return { type, id, lastUpdated, values: r4SearchParameters.valuesOf(resource), text: () => words };
}

/** What a search finds among `all`, one resource after the other: slow, and plain enough to be believed. */
export function findByHand(all: readonly Held[], type: string, criteria: readonly Criterion[]): string[] {
  return all.filter((one) => one.type === type && criteria.every((c) => isMet(all, one, c))).map(({ id }) => id);
}

function isMet(all: readonly Held[], one: Held, criterion: Criterion): boolean {
  if (isPlain(criterion)) return meets([criterion], one);
  if (criterion.kind === 'chain') {
    return criterion.targets.some((target) =>
      all.some(
        (far) =>
          far.type === target.type && points(one, criterion.parameter.code, far) && isMet(all, far, target.criterion),
      ),
    );
  }
  return all.some(
    (far) =>
      far.type === criterion.type && points(far, criterion.parameter.code, one) && isMet(all, far, criterion.criterion),
  );
}

function points(from: Held, parameter: string, to: Held): boolean {
  return from.values.some(
    (value) =>
      value.kind === 'reference' && value.parameter === parameter && value.type === to.type && value.id === to.id,
  );
}

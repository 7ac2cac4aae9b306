import type { Criterion, Include, SearchQuery } from '@chartgate/fhir';

/** The types whose rows a search looks at: its own, those of its links, and those that it may include. */
export function touchedTypes({ type, criteria, include, revinclude }: SearchQuery): ReadonlySet<string> {
  return new Set([
    type,
    ...criteria.flatMap(linkedTypes),
    ...include.flatMap(includeTypes),
    ...revinclude.map(({ source }) => source),
  ]);
}

function linkedTypes(criterion: Criterion): readonly string[] {
  if (criterion.kind === 'chain') {
    return criterion.targets.flatMap((target) => [target.type, ...linkedTypes(target.criterion)]);
  }
  return criterion.kind === 'has' ? [criterion.type, ...linkedTypes(criterion.criterion)] : [];
}

function includeTypes({ source, parameters, target }: Include): readonly string[] {
  return [source, ...(target === undefined ? parameters.flatMap((parameter) => parameter.target) : [target])];
}

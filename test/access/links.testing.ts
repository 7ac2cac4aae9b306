import { r4SearchParameters } from '@chartgate/fhir';
import { type Pair, parameterOf, pointingAt, type Source } from './request.testing.ts';

/** A chain or `_has` of several links, in any order, that ends where something is there to be found. */
export function linked(source: Source, type: string, depth = 0): Pair {
  const { r } = source;
  const isLast = depth >= r.pick([1, 2, 3]);
  if (isLast) return r() < 0.5 ? ['_lastUpdated', 'gt2000'] : parameterOf(source, type, 3);
  const [outward, inward] = [pointed(source, type), pointingAt(source, type)];
  if (outward.length > 0 && (inward.length === 0 || r() < 0.5)) {
    const { name, target } = r.pick(outward);
    const [inner, value] = linked(source, target, depth + 1);
    return [`${name}:${target}.${inner}`, value];
  }
  if (inward.length === 0) return parameterOf(source, type, 3);
  const { from, name } = r.pick(inward);
  const [inner, value] = linked(source, from, depth + 1);
  return [`_has:${from}:${name}:${inner}`, value];
}

/** Parameters of the type by which something points at another type. */
function pointed({ capabilities, values }: Source, type: string): { name: string; target: string }[] {
  const parameters = capabilities.find((one) => one.type === type)?.searchParam ?? [];
  return parameters
    .filter((one) => one.type === 'reference')
    .flatMap(({ name }) => {
      const known = r4SearchParameters.find(type, name)?.target ?? [];
      const targets = new Set((values.get(`${type}.${name}`) ?? []).map((value) => value.split('/')[0] ?? ''));
      return [...targets].filter((target) => known.includes(target)).map((target) => ({ name, target }));
    });
}

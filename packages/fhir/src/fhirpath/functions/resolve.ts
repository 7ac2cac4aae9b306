import { type Frame, spend } from '../frame.ts';
import { isObject, memberReader } from '../navigate.ts';
import type { TypedValue } from '../value.ts';

const containedIn = memberReader('contained');

/**
 * What a Reference, canonical or uri points at: a contained resource, the container itself (`#`), or what the
 * environment finds. What cannot be found is nothing.
 * @see https://hl7.org/fhir/R4/references.html#contained
 */
export function resolved({ value }: TypedValue, frame: Frame): readonly TypedValue[] | undefined {
  const reference = isObject(value) ? value.reference : value;
  if (typeof reference !== 'string' || reference === '') return undefined;
  const { environment } = frame.run;
  if (!reference.startsWith('#')) {
    spend(frame, 10);
    const found = environment.resolve?.(reference);
    return found && [found];
  }
  if (reference === '#') return [environment.rootResource];
  const contained: TypedValue[] = [];
  containedIn(environment.rootResource, contained);
  spend(frame, contained.length);
  const id = reference.slice(1);
  return contained.filter((resource) => isObject(resource.value) && resource.value.id === id).slice(0, 1);
}

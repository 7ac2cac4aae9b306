import { isResourceType } from '../definitions/type.ts';
import { type Issue, issue } from '../outcome/outcome.ts';
import { isTooDeep } from './depth.ts';
import { validate } from './validate.ts';

/**
 * Checks no more than what a server must read of a resource to keep it: a type that R4 has, an id that is one, `meta` of
 * its structure, and elements that do not lie too deep.
 */
export function storableIssues(resource: unknown): readonly Issue[] {
  const { resourceType: type, id, meta } = (resource ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof type !== 'string' || !isResourceType(type)) return validate(resource);
  if (isTooDeep(resource)) return [issue('too-long', 'Elements lie too deep inside each other.', type)];
  // A resource with nothing else to look at.
  const part = { resourceType: 'Basic', code: { text: 'x' }, ...defined({ id, meta }) };
  return validate(part).map((found) => ({
    ...found,
    expression: (found.expression ?? []).map((path) => path.replace(/^Basic/, type)),
  }));
}

function defined(members: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

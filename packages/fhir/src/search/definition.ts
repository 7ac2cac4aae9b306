import type { CanonicalResource } from '../conformance/canonical-source.ts';
import { r4Component } from '../definitions/search-parameters.ts';
import { isResourceType, resourceTypes } from '../definitions/type.ts';
import { compileExtractor } from './extract/compile.ts';
import type { SearchParameter, SearchParameterType } from './parameter.ts';
import { r4SearchParameters } from './parameters.ts';

/** What a SearchParameter resource comes to: a parameter on each of its types, or why it cannot be used. */
export type SearchParameterDefinition =
  | { readonly parameters: readonly SearchParameter[] }
  | { readonly problem: string };

const kinds: ReadonlySet<string> = new Set([
  ...['number', 'date', 'string', 'token', 'reference', 'quantity', 'uri', 'composite'],
]);

/** Characters of an expression. */
const maxExpression = 4000;

/**
 * Reads a SearchParameter resource. Types on which R4 has a parameter of the same code are left out: R4's own is the one
 * there, and most guides define it again with other words.
 * @see https://hl7.org/fhir/R4/searchparameter.html
 */
export function searchParameterDefinition(resource: CanonicalResource): SearchParameterDefinition {
  const { url, code, type, expression } = resource;
  if (typeof code !== 'string' || !/^[A-Za-z][\w-]{0,63}$/.test(code)) {
    return { problem: 'Its code must be a letter, then up to 63 letters, digits, "-" and "_".' };
  }
  if (typeof type !== 'string' || !kinds.has(type)) {
    return { problem: `Its type must be one of ${[...kinds].join(', ')}.` };
  }
  if (typeof expression !== 'string' || expression === '' || expression.length > maxExpression) {
    return { problem: `It needs an expression of at most ${maxExpression} characters.` };
  }
  const target = targetsOf(resource);
  const all = typesOf(resource).map(
    (resourceType): SearchParameter => ({
      ...{ code, type: type as SearchParameterType, resourceType, expression, target, url },
      ...(type === 'composite' ? { components: componentsOf(resource, resourceType) } : {}),
    }),
  );
  const parameters = all.filter(({ resourceType }) => !r4SearchParameters.find(resourceType, code));
  const parts = Array.isArray(resource.component) ? resource.component.length : 0;
  for (const parameter of parameters) {
    const { components } = parameter;
    if (components && (components.length < 2 || components.length !== parts)) {
      return { problem: 'Its parts must be at least two, each defined by a search parameter of R4.' };
    }
    const problem = problemOf(parameter);
    if (problem !== undefined) return { problem };
  }
  return { parameters };
}

function typesOf({ base }: CanonicalResource): readonly string[] {
  const bases = Array.isArray(base) ? base.map(String) : [];
  if (bases.some((one) => one === 'Resource' || one === 'DomainResource')) return resourceTypes;
  return bases.filter(isResourceType);
}

function targetsOf({ target }: CanonicalResource): readonly string[] {
  const types = Array.isArray(target) ? target.map(String).filter(isResourceType) : [];
  return types.length > 0 ? types : resourceTypes;
}

/** Its parts, as far as they are like parameters of R4. */
function componentsOf({ component }: CanonicalResource, resourceType: string): readonly SearchParameter[] {
  const parts = Array.isArray(component) ? (component as { definition?: unknown; expression?: unknown }[]) : [];
  return parts.flatMap(
    ({ definition, expression }) => r4Component(resourceType, String(definition), String(expression)) ?? [],
  );
}

function problemOf(parameter: SearchParameter): string | undefined {
  try {
    compileExtractor([parameter]);
    return undefined;
  } catch (error) {
    return `Its expression cannot be used on ${parameter.resourceType}: ${error instanceof Error ? error.message : 'unknown'}`;
  }
}

import type { CanonicalResource } from '../conformance/canonical-source.ts';
import { isResourceType, resourceTypes } from '../definitions/type.ts';
import { compileExtractor } from './extract/compile.ts';
import type { SearchParameter, SearchParameterType } from './parameter.ts';
import { r4SearchParameters } from './parameters.ts';

/** What a SearchParameter resource comes to: a parameter on each of its types, or why it cannot be used. */
export type SearchParameterDefinition =
  | { readonly parameters: readonly SearchParameter[] }
  | { readonly problem: string };

const kinds: ReadonlySet<string> = new Set(['number', 'date', 'string', 'token', 'reference', 'quantity', 'uri']);

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
    }),
  );
  const parameters = all.filter(({ resourceType }) => !r4SearchParameters.find(resourceType, code));
  for (const parameter of parameters) {
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

function problemOf(parameter: SearchParameter): string | undefined {
  try {
    compileExtractor([parameter]);
    return undefined;
  } catch (error) {
    return `Its expression cannot be used on ${parameter.resourceType}: ${error instanceof Error ? error.message : 'unknown'}`;
  }
}

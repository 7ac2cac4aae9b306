import { isResourceType, resourceTypes } from '../definitions/type.ts';
import type { Include } from './ast.ts';
import { invalidValue, unsupported } from './invalid.ts';
import type { SearchParameter } from './parameter.ts';
import { type CriterionContext, knownParameter, type SearchPair, targetType } from './parse-criterion.ts';

/** An `_include` or `_revinclude` as it stands in a search: its parts, and whether it goes on from what it brings. */
type Written = {
  readonly name: string;
  readonly source: string;
  readonly code: string;
  readonly target: string | undefined;
  readonly iterate: boolean;
};

const form = 'Source:parameter, Source:parameter:Target, Source:* or *, such as Observation:subject:Patient';

function written({ name, value }: SearchPair): Written {
  const [code = '', modifier, ...modifiers] = name.split(':');
  const iterate = modifier === 'iterate' || modifier === 'recurse';
  if (modifiers.length > 0 || (modifier !== undefined && !iterate)) {
    throw unsupported(code, 'takes no modifier but :iterate, of which :recurse is another name.');
  }
  if (value === '*') return { name, source: '*', code: '*', target: undefined, iterate };
  const [source = '', parameter = '', target, ...more] = value.split(':');
  if (!isResourceType(source) || parameter === '' || more.length > 0) throw invalidValue(name, form);
  return { name, source, code: parameter, target, iterate };
}

/**
 * `_include`: what the matches point at, and with `:iterate` what that points at.
 * @see https://hl7.org/fhir/R4/search.html#include
 */
export function includesOf(context: CriterionContext, types: readonly string[], pair: SearchPair): readonly Include[] {
  const include = written(pair);
  const { name, source, iterate } = include;
  if (source === '*') {
    return types.map((type) => ({ source: type, parameters: references(context, type), iterate }));
  }
  if (!iterate && !types.includes(source)) {
    const asked = types.length === 1 ? `${types[0]}, the type that is searched` : 'a type that is searched';
    throw unsupported(name, `its source must be ${asked}. _include:iterate starts from what is included as well.`);
  }
  return [forward(context, include)];
}

function forward(context: CriterionContext, { name, source, code, target, iterate }: Written): Include {
  if (code === '*') {
    if (target !== undefined && !isResourceType(target)) throw invalidValue(name, form);
    const parameters = references(context, source).filter((one) => !target || one.target.includes(target));
    return { source, parameters, ...(target === undefined ? {} : { target }), iterate };
  }
  const parameter = knownParameter(context, source, code, name);
  if (parameter.type !== 'reference') throw unsupported(name, `${source}.${code} is no reference.`);
  if (target === undefined) return { source, parameters: [parameter], iterate };
  return { source, parameters: [parameter], target: targetType(parameter, name, target), iterate };
}

function references({ parameters }: CriterionContext, type: string): readonly SearchParameter[] {
  return parameters.of(type).filter(({ type: kind, isIndexing }) => kind === 'reference' && !isIndexing);
}

/**
 * `_revinclude`: what points at the matches, and with `:iterate` what points at that.
 * @see https://hl7.org/fhir/R4/search.html#revinclude
 */
export function revincludesOf(
  context: CriterionContext,
  types: readonly string[],
  pair: SearchPair,
): readonly Include[] {
  const include = written(pair);
  const { name, source, code, target, iterate } = include;
  if (target !== undefined && !iterate && !types.includes(target)) {
    throw unsupported(
      name,
      `its target must be ${types.length === 1 ? types[0] : 'a type'}, the type that is searched.`,
    );
  }
  if (target !== undefined && !isResourceType(target)) throw invalidValue(name, form);
  const targets = target === undefined ? types : [target];
  const sources = source === '*' ? resourceTypes : [source];
  if (code === '*') return sources.flatMap((one) => everyReferenceTo(context, { source: one, targets, include }));
  const parameter = knownParameter(context, source, code, name);
  if (parameter.type !== 'reference' || !reaches(parameter, targets, include)) {
    const to = targets.length === 1 ? `to ${targets[0]}` : 'to a type that is searched';
    throw unsupported(name, `${source}.${code} is no reference ${to}.`);
  }
  return [{ source, parameters: [parameter], ...(target === undefined ? {} : { target }), iterate }];
}

/** With `:iterate`, what is pointed at may be anything that is included. */
function reaches(parameter: SearchParameter, targets: readonly string[], { iterate, target }: Written): boolean {
  return (iterate && target === undefined) || targets.some((type) => parameter.target.includes(type));
}

function everyReferenceTo(
  context: CriterionContext,
  { source, targets, include }: { source: string; targets: readonly string[]; include: Written },
): readonly Include[] {
  const { target, iterate } = include;
  const parameters = references(context, source).filter((parameter) => reaches(parameter, targets, include));
  return parameters.length === 0 ? [] : [{ source, parameters, ...(target === undefined ? {} : { target }), iterate }];
}

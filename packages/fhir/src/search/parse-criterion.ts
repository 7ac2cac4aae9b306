import { isResourceId } from '../resource/resource.ts';
import type { Criterion } from './ast.ts';
import { isEscaped, splitUnescaped, unescapeValue } from './escape.ts';
import { beyondLimit, invalidValue, UnknownParameter, unsupported } from './invalid.ts';
import { searchLimits } from './limits.ts';
import { nearest } from './nearest.ts';
import type { SearchParameter } from './parameter.ts';
import type { SearchParameters } from './parameters.ts';
import { dateValue, numberValue, quantityValue, referenceValue, tokenValue } from './parse-value.ts';

/** What criteria are read against. `now` is in ms since the epoch; `base` has no slash at its end. */
export type CriterionContext = {
  /** What becomes of a parameter without a value. R4 ignores it; in a condition or a scope that would widen what is meant. */
  readonly empty: 'ignored' | 'refused';
  readonly now: number;
  readonly parameters: SearchParameters;
  readonly base?: string | undefined;
};

/** One `name[:modifier]=value` of a search as it was sent, percent-decoding done. */
export type SearchPair = { readonly name: string; readonly value: string };

/**
 * Reads a criterion without chain or `_has`. Undefined where every value is empty and may be.
 * @throws {FhirError} 400 for a modifier or value that cannot be used
 * @throws {UnknownParameter} where the type has no such parameter
 */
export function plainCriterion(context: CriterionContext, type: string, pair: SearchPair): Criterion | undefined {
  const [code = '', modifier, ...more] = pair.name.split(':');
  if (more.length > 0) throw unsupported(pair.name, 'has more than one modifier.');
  const parameter = knownParameter(context, type, code, pair.name);
  const values = valuesOf(context, pair);
  if (values.length === 0) return undefined;
  if (code === '_id') return idCriterion(pair.name, modifier, values);
  if (code === '_lastUpdated') return lastUpdatedCriterion(context, pair.name, modifier, values);
  if (modifier === 'missing') return missingCriterion(parameter, pair.name, values);
  return typedCriterion(context, parameter, { name: pair.name, modifier, values });
}

/** The parameter, or an `UnknownParameter` that names it as the search wrote it. */
export function knownParameter(
  { parameters }: CriterionContext,
  type: string,
  code: string,
  name: string,
): SearchParameter {
  const parameter = parameters.find(type, code);
  if (parameter?.isIndexing) throw unsupported(name, 'it is new here and still being indexed. Ask again later.');
  if (parameter) return parameter;
  const near = nearest(
    code,
    parameters.of(type).map((known) => known.code),
  );
  const advice = near === undefined ? 'The CapabilityStatement lists those it has.' : `Did you mean ${near}?`;
  throw new UnknownParameter(name, `${type} has no such parameter here. ${advice}`);
}

function valuesOf({ empty }: CriterionContext, { name, value }: SearchPair): readonly string[] {
  const all = splitUnescaped(value, ',');
  if (all.length > searchLimits.values) throw beyondLimit(name, `${searchLimits.values} values in a parameter`);
  return all.filter((text) => {
    if (text.length > searchLimits.valueLength) {
      throw beyondLimit(name, `${searchLimits.valueLength} characters in a value`);
    }
    if (!isEscaped(text)) throw invalidValue(name, 'a backslash in front of "," "|" "$" or "\\" alone');
    if (text === '' && empty === 'refused') throw invalidValue(name, 'a value');
    return text !== '';
  });
}

function idCriterion(name: string, modifier: string | undefined, values: readonly string[]): Criterion {
  if (modifier !== undefined) throw noModifier(name, modifier);
  return { kind: 'id', values: values.map(unescapeValue) };
}

function lastUpdatedCriterion(
  { now }: CriterionContext,
  name: string,
  modifier: string | undefined,
  values: readonly string[],
): Criterion {
  if (modifier !== undefined) throw noModifier(name, modifier);
  return { kind: 'lastUpdated', values: values.map((text) => dateValue(name, text, now)) };
}

function missingCriterion(parameter: SearchParameter, name: string, values: readonly string[]): Criterion {
  const [value] = values;
  if (values.length !== 1 || (value !== 'true' && value !== 'false')) throw invalidValue(name, 'true or false');
  if (parameter.type === 'composite' || parameter.type === 'special') throw noType(name, parameter);
  return { kind: 'missing', parameter, missing: value === 'true' };
}

type Typed = { readonly name: string; readonly modifier: string | undefined; readonly values: readonly string[] };

function typedCriterion(context: CriterionContext, parameter: SearchParameter, typed: Typed): Criterion {
  const { name, modifier, values } = typed;
  if (parameter.type === 'reference') return referenceCriterion(context, parameter, typed);
  if (parameter.type === 'token') {
    if (modifier !== undefined && modifier !== 'not') throw noModifier(name, modifier);
    return { kind: 'token', parameter, not: modifier === 'not', values: values.map((text) => tokenValue(name, text)) };
  }
  if (parameter.type === 'string') {
    return { kind: 'string', parameter, match: stringMatch(name, modifier), values: values.map(unescapeValue) };
  }
  if (modifier !== undefined) throw noModifier(name, modifier);
  switch (parameter.type) {
    case 'date':
      return { kind: 'date', parameter, values: values.map((text) => dateValue(name, text, context.now)) };
    case 'number':
      return { kind: 'number', parameter, values: values.map((text) => numberValue(name, text)) };
    case 'quantity':
      return { kind: 'quantity', parameter, values: values.map((text) => quantityValue(name, text)) };
    case 'uri':
      return { kind: 'uri', parameter, values: values.map(unescapeValue) };
    default:
      throw noType(name, parameter);
  }
}

function stringMatch(name: string, modifier: string | undefined): 'starts' | 'contains' | 'exact' {
  if (modifier === undefined) return 'starts';
  if (modifier === 'exact' || modifier === 'contains') return modifier;
  throw noModifier(name, modifier);
}

function referenceCriterion(context: CriterionContext, parameter: SearchParameter, typed: Typed): Criterion {
  const { name, modifier, values } = typed;
  if (modifier === 'identifier') {
    const tokens = values.map((text) => ({ kind: 'identifier', token: tokenValue(name, text) }) as const);
    return { kind: 'reference', parameter, values: tokens };
  }
  const types = modifier === undefined ? parameter.target : [targetType(parameter, name, modifier)];
  const { base } = context;
  const read = (text: string) => referenceValue(name, text, { types, base });
  if (modifier === undefined) return { kind: 'reference', parameter, values: values.map(read) };
  return { kind: 'reference', parameter, values: values.map((text) => typedReference(name, text, types, read)) };
}

/** The value of `subject:Patient=…`: an id, or a reference to that type. */
function typedReference(
  name: string,
  text: string,
  types: readonly string[],
  read: (text: string) => ReturnType<typeof referenceValue>,
): ReturnType<typeof referenceValue> {
  const value = read(text);
  const isOfType =
    value.kind === 'local' && value.types.every((type) => types.includes(type)) && isResourceId(value.id);
  if (!isOfType) throw invalidValue(name, `the id of a ${types[0]}`);
  return value;
}

/** The type that `subject:Patient` names. */
export function targetType(parameter: SearchParameter, name: string, modifier: string): string {
  if (parameter.target.includes(modifier)) return modifier;
  if (/^[A-Z]/.test(modifier)) {
    const isShort = parameter.target.length <= 12;
    throw invalidValue(
      name,
      isShort ? `one of its target types: ${parameter.target.join(', ')}` : 'a resource type of R4',
    );
  }
  throw noModifier(name, modifier);
}

function noModifier(name: string, modifier: string) {
  return unsupported(name, `the modifier :${modifier.slice(0, 40)} is not supported here.`);
}

function noType(name: string, parameter: SearchParameter) {
  return unsupported(name, `parameters of type ${parameter.type} are not supported yet.`);
}

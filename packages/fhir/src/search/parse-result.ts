import { isResourceType } from '../definitions/type.ts';
import type { Include, SearchQuery, SortBy, SortKey } from './ast.ts';
import { beyondLimit, invalidValue, unsupported } from './invalid.ts';
import { searchLimits } from './limits.ts';
import { type CriterionContext, knownParameter, type SearchPair, targetType } from './parse-criterion.ts';
import { referenceTo } from './parse-link.ts';

/** `_count`: what asks for more than a page holds gets a full page. @see https://hl7.org/fhir/R4/search.html#count */
export function countOf(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw invalidValue('_count', 'a whole number, 0 or more');
  return Math.min(Number(value), searchLimits.maxCount);
}

/** @see https://hl7.org/fhir/R4/search.html#total */
export function totalOf(value: string): NonNullable<SearchQuery['total']> {
  if (value === 'none' || value === 'estimate' || value === 'accurate') return value;
  throw invalidValue('_total', 'none, estimate or accurate');
}

/** Whether only the count is asked for; what is shown of each resource, `parseProjection` says. @see https://hl7.org/fhir/R4/search.html#summary */
export function isCountAlone(value: string): boolean {
  if (['count', 'true', 'text', 'data', 'false'].includes(value)) return value === 'count';
  throw invalidValue('_summary', 'true, text, data, count or false');
}

/** `_sort=-date,_id`. @see https://hl7.org/fhir/R4/search.html#sort */
export function sortOf(context: CriterionContext, type: string, value: string): readonly SortKey[] {
  const keys = value.split(',');
  if (keys.length > searchLimits.sortKeys) throw beyondLimit('_sort', `${searchLimits.sortKeys} sort keys`);
  return keys.map((key) => {
    const descending = key.startsWith('-');
    return { by: sortBy(context, type, descending ? key.slice(1) : key), descending };
  });
}

const sortable: ReadonlySet<string> = new Set(['date', 'string', 'number', 'token', 'uri', 'quantity']);

function sortBy(context: CriterionContext, type: string, code: string): SortBy {
  if (code === '_id') return { kind: 'id' };
  if (code === '_lastUpdated') return { kind: 'lastUpdated' };
  if (!context.parameters.find(type, code)) {
    throw invalidValue('_sort', `parameters of ${type}, separated by commas, "-" in front for descending`);
  }
  const parameter = knownParameter(context, type, code, '_sort');
  if (!sortable.has(parameter.type))
    throw unsupported('_sort', `${type} cannot be sorted by ${code}, a ${parameter.type}.`);
  return { kind: 'parameter', parameter };
}

const includeForm = 'Source:parameter or Source:parameter:Target, such as Observation:subject:Patient';

/** `_include`: what the matches point at. @see https://hl7.org/fhir/R4/search.html#include */
export function includeOf(context: CriterionContext, type: string, pair: SearchPair): Include {
  const { source, code, target } = includeParts(pair);
  if (source !== type) throw unsupported(pair.name, `its source must be ${type}, the type that is searched.`);
  const parameter = knownParameter(context, source, code, pair.name);
  if (parameter.type !== 'reference') throw unsupported(pair.name, `${source}.${code} is no reference.`);
  if (target === undefined) return { source, parameter };
  return { source, parameter, target: targetType(parameter, pair.name, target) };
}

/** `_revinclude`: what points at the matches. @see https://hl7.org/fhir/R4/search.html#revinclude */
export function revincludeOf(context: CriterionContext, type: string, pair: SearchPair): Include {
  const { source, code, target } = includeParts(pair);
  const parameter = referenceTo(context, { source, code, type, name: pair.name });
  if (target !== undefined && target !== type) {
    throw unsupported(pair.name, `its target must be ${type}, the type that is searched.`);
  }
  return target === undefined ? { source, parameter } : { source, parameter, target };
}

function includeParts({ name, value }: SearchPair) {
  const [source = '', code = '', target, ...more] = value.split(':');
  if (value.includes('*')) throw unsupported(name, 'wildcards are not supported. Name each parameter.');
  if (!isResourceType(source) || code === '' || more.length > 0) throw invalidValue(name, includeForm);
  return { source, code, target };
}

import {
  type Hierarchy,
  normalizeString,
  type OfTypeCriterion,
  type ReferenceCriterion,
  type ReferenceValue,
  type StringCriterion,
  type TokenCriterion,
  type TokenValue,
  trimmed,
  type UriCriterion,
  uriAncestors,
} from '@chartgate/fhir';
import { table } from '../database/site.ts';
import { or, raw, type Sql, sql } from '../database/sql.ts';
import { isOrdered } from '../index/ordered.ts';
import { stringLength } from '../index/string-value.ts';
import type { Row } from './criterion.ts';

/** Tokens are looked for among the row's terms, but a parameter that is in `kd` alone has only `system|` there. */
export function tokenCondition(row: Row, criterion: TokenCriterion): Sql {
  const { parameter, values, not } = criterion;
  const isCoded = (value: TokenValue) => value.code !== undefined;
  const apart = isOrdered(parameter) === 'kd' ? values.filter(isCoded) : [];
  const within = values.filter((value) => !apart.includes(value));
  const hash = (value: TokenValue) => row.site.terms.token(row.type, parameter.code, value);
  const condition = or([
    ...(within.length > 0 ? [hasAnyTerm(row, within.map(hash))] : []),
    ...(apart.length > 0 ? [isInOrder(row, apart.map(hash))] : []),
  ]);
  return not ? sql`(not ${condition})` : condition;
}

/** Few rows have an identifier: their ids first, then the rows. */
function isInOrder(row: Row, hashes: readonly bigint[]): Sql {
  const kd = table(row.site, 'kd');
  return sql`${raw(row.alias)}.rid = any(array(select k.rid from ${kd} k where k.h = any(${hashes}::int8[])))`;
}

/** One term by `@>`, for which PostgreSQL estimates best; several by `&&`. */
export function hasAnyTerm(row: Row, terms: readonly bigint[]): Sql {
  return sql`${raw(row.alias)}.terms ${raw(terms.length === 1 ? '@>' : '&&')} ${terms}::int8[]`;
}

export function referenceCondition(row: Row, criterion: ReferenceCriterion): Sql {
  return hasAnyTerm(row, referenceTerms(row, criterion));
}

/** The terms of which a row that meets the criterion has one. */
export function referenceTerms(row: Row, { parameter, values }: ReferenceCriterion): readonly bigint[] {
  return values.flatMap((value) => termsOfReference(row, parameter.code, value));
}

function termsOfReference(row: Row, code: string, value: ReferenceValue): readonly bigint[] {
  const { site, type } = row;
  switch (value.kind) {
    case 'local':
      return value.types.map((target) => site.terms.reference(type, code, target, value.id));
    case 'url':
      return [site.terms.referenceUrl(type, code, value.url)];
    case 'version':
      return [site.terms.version(type, code, `${value.type}/${value.id}/_history/${value.version}`)];
    case 'canonical':
      return hierarchyTerms(row, code, value.url, value.hierarchy, site.terms.referenceUrl);
    case 'identifier':
      return [site.terms.token(type, `${code}:identifier`, value.token)];
    default:
      return value satisfies never;
  }
}

/** A place is written with a slash at its end or without. What lies below a place has a term that says so. */
function hierarchyTerms(
  { site, type }: Row,
  code: string,
  uri: string,
  hierarchy: Hierarchy,
  exact: (type: string, code: string, uri: string) => bigint,
): readonly bigint[] {
  const own = trimmed(uri);
  const same = (place: string) => [exact(type, code, place), exact(type, code, `${place}/`)];
  if (hierarchy === 'above') return uriAncestors(code, uri).flatMap(same);
  return [...same(own), site.terms.below(type, code, own)];
}

export function uriCondition(row: Row, { parameter, values, hierarchy }: UriCriterion): Sql {
  const { uri } = row.site.terms;
  const terms = values.flatMap((value) =>
    hierarchy ? hierarchyTerms(row, parameter.code, value, hierarchy, uri) : [uri(row.type, parameter.code, value)],
  );
  return hasAnyTerm(row, terms);
}

/** @see https://hl7.org/fhir/R4/search.html#token */
export function ofTypeCondition(row: Row, { parameter, values }: OfTypeCriterion): Sql {
  return hasAnyTerm(
    row,
    values.map((value) => row.site.terms.ofType(row.type, parameter.code, value)),
  );
}

/** @see https://hl7.org/fhir/R4/search.html#string */
export function stringCondition(row: Row, criterion: StringCriterion): Sql {
  const { site, type, alias } = row;
  const { parameter, values, match } = criterion;
  if (match === 'exact') {
    return hasAnyTerm(
      row,
      values.map((text) => site.terms.exact(type, parameter.code, text)),
    );
  }
  const val = raw('s.val');
  const compare = match === 'starts' ? startsWith : contains;
  const tests = values
    .map(normalizeString)
    .filter(isStorable)
    .map((text) => compare(val, text));
  return sql`exists (select from ${table(site, 'str')} s where s.rid = ${raw(alias)}.rid
    and s.p = ${site.terms.parameter(type, parameter.code)} and ${or(tests)})`;
}

/** PostgreSQL's text cannot hold NUL: no row has it, and the parameter would be an error. */
export function isStorable(text: string): boolean {
  return !text.includes('\0');
}

/** A range, so that the index (p, val) serves it; a prefix longer than what is indexed is cut like the values. */
export function startsWith(val: Sql, prefix: string): Sql {
  const start = prefix.slice(0, stringLength);
  const end = following(start);
  return end === undefined ? sql`${val} >= ${start}` : sql`(${val} >= ${start} and ${val} < ${end})`;
}

/** The least text, in the order of code points, that is greater than all that start with `prefix`; undefined: none. */
function following(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}

function contains(val: Sql, part: string): Sql {
  return sql`${val} like ${`%${part.replace(/[\\%_]/g, '\\$&')}%`}`;
}

import {
  normalizeString,
  type ReferenceCriterion,
  type ReferenceValue,
  type StringCriterion,
  type TokenCriterion,
  type TokenValue,
  type UriCriterion,
} from '@chartgate/fhir';
import { table } from '../database/site.ts';
import { or, raw, type Sql, sql } from '../database/sql.ts';
import { isOrdered } from '../index/ordered.ts';
import type { Row } from './criterion.ts';

/** Characters of a string that are indexed, as `index-row.ts` cuts them. */
const indexedLength = 200;

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

function termsOfReference({ site, type }: Row, code: string, value: ReferenceValue): readonly bigint[] {
  switch (value.kind) {
    case 'local':
      return value.types.map((target) => site.terms.reference(type, code, target, value.id));
    case 'url':
      return [site.terms.referenceUrl(type, code, value.url)];
    case 'identifier':
      return [site.terms.token(type, `${code}:identifier`, value.token)];
    default:
      return value satisfies never;
  }
}

export function uriCondition(row: Row, { parameter, values }: UriCriterion): Sql {
  return hasAnyTerm(
    row,
    values.map((uri) => row.site.terms.uri(row.type, parameter.code, uri)),
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
  const compare = match === 'starts' ? startsWith : contains;
  const tests = values.map(normalizeString).filter(isStorable).map(compare);
  return sql`exists (select from ${table(site, 'str')} s where s.rid = ${raw(alias)}.rid
    and s.p = ${site.terms.parameter(type, parameter.code)} and ${or(tests)})`;
}

/** PostgreSQL's text cannot hold NUL: no row has it, and the parameter would be an error. */
function isStorable(text: string): boolean {
  return !text.includes('\0');
}

/** A range, so that the index (p, val) serves it; a prefix longer than what is indexed is cut like the values. */
function startsWith(prefix: string): Sql {
  const start = prefix.slice(0, indexedLength);
  const end = following(start);
  return end === undefined ? sql`s.val >= ${start}` : sql`(s.val >= ${start} and s.val < ${end})`;
}

/** The least text, in the order of code points, that is greater than all that start with `prefix`; undefined: none. */
function following(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}

function contains(part: string): Sql {
  return sql`s.val like ${`%${part.replace(/[\\%_]/g, '\\$&')}%`}`;
}

import {
  type Criterion,
  invalidSearchParameter,
  type SearchParameter,
  type SearchQuery,
  type SortKey,
} from '@chartgate/fhir';
import { type AccessGrant, opening } from '../../../access/rule.ts';
import { table } from '../database/site.ts';
import { raw, type Sql, sql } from '../database/sql.ts';
import { clinicalDate, isOrdered } from '../index/ordered.ts';
import { separator } from '../index/text-row.ts';
import type { Row } from './criterion.ts';

/**
 * What the rows of a search are ordered by. Rows without a value come last, in either direction; ties are broken by
 * the row id, in the direction of the first key. All of it follows from the query alone, so that a position means the
 * same on every page.
 */
export type Order =
  /** By the row id: as the resources came. */
  | { readonly kind: 'rid' }
  /** By one column that an index has in order. */
  | { readonly kind: 'walk'; readonly column: 'lu' | 'd_lo' | 'id'; readonly descending: boolean }
  /** Newest first along the list that `kd` keeps of a token, for a search by that token without `_sort`. */
  | { readonly kind: 'list' }
  | { readonly kind: 'keys'; readonly keys: readonly Key[] };

/** `value` is an expression over the row; `side` says where it comes from when that is a table with an index in order. */
export type Key = {
  readonly value: Sql;
  readonly type: 'int8' | 'float8' | 'text';
  readonly descending: boolean;
  readonly side?: { readonly table: 'str' | 'dt' | 'qty'; readonly column: 'val' | 'lo'; readonly parameter: bigint };
};

/** @throws {FhirError} 400 for a sort key of a kind that is not indexed in order */
export function orderOf(row: Row, query: SearchQuery): Order {
  const [first, ...more] = query.sort;
  if (!first) return listedFor(row, query.criteria) ? { kind: 'list' } : { kind: 'rid' };
  if (more.length === 0) {
    const { by, descending } = first;
    if (by.kind === 'id') return { kind: 'walk', column: 'id', descending };
    if (by.kind === 'lastUpdated') return { kind: 'walk', column: 'lu', descending };
    if (by.kind === 'parameter' && isClinicalDate(row, by.parameter))
      return { kind: 'walk', column: 'd_lo', descending };
  }
  return { kind: 'keys', keys: query.sort.map((key) => keyOf(row, key)) };
}

function isClinicalDate(row: Row, parameter: SearchParameter): boolean {
  return parameter.type === 'date' && clinicalDate(row.type) === parameter.code;
}

/**
 * The token criterion whose list in `kd` a search walks: there is one, and nothing beside it that finds few rows
 * through another index.
 */
export function listedCriterion(criteria: readonly Criterion[]): ListedCriterion | undefined {
  if (criteria.some(isSelective)) return undefined;
  const listed = criteria.filter(isListed);
  return listed.sort((a, b) => rank(a) - rank(b))[0];
}

/** The same under a rule: where the rule itself leaves few rows, no list of everybody's is walked for them. */
export function listedFor(row: Row, criteria: readonly Criterion[]): ListedCriterion | undefined {
  return isNarrowRule(row) ? undefined : listedCriterion(criteria);
}

/** Whether the rule opens the records of a few patients of the type alone. */
export function isNarrowRule({ rule, type }: Row): boolean {
  const lines = opening(rule, type, 's');
  const isNarrowLine = ({ compartment, criteria }: AccessGrant) =>
    (compartment !== undefined && compartment.ids.length <= fewPatients) || criteria.some(isNarrow);
  return lines.length > 0 && lines.every(isNarrowLine);
}

/** Patients whose records are sorted as a whole. */
const fewPatients = 20;

export type ListedCriterion = Extract<Criterion, { kind: 'token' }>;

/** Lists that are merged at most; more values are looked for among the terms. */
const maxLists = 8;

function isListed(criterion: Criterion): criterion is ListedCriterion {
  return (
    criterion.kind === 'token' &&
    !criterion.not &&
    criterion.values.length > 0 &&
    criterion.values.length <= maxLists &&
    criterion.values.every((value) => value.code !== undefined) &&
    isOrdered(criterion.parameter) === 'both'
  );
}

/** The shorter list first, by what such codes usually are. */
const byLength = ['code', 'vaccine-code', '_tag', 'type', 'class', 'category', 'clinical-status', 'status'];

function rank(criterion: ListedCriterion): number {
  return byLength.indexOf(criterion.parameter.code);
}

/** Whether a criterion leaves so few rows that sorting all of them costs less than looking for them in order. */
export function isNarrow(criterion: Criterion): boolean {
  if (criterion.kind === 'id') return true;
  if (criterion.kind === 'compartment') return ['Patient', 'Encounter'].includes(criterion.compartment.type);
  if (criterion.kind === 'reference') return ['patient', 'subject'].includes(criterion.parameter.code);
  return criterion.kind === 'token' && !criterion.not && criterion.parameter.code === 'identifier';
}

function isSelective(criterion: Criterion): boolean {
  switch (criterion.kind) {
    case 'id':
    case 'reference':
    case 'uri':
    case 'of-type':
    case 'composite':
    case 'near':
    case 'text':
    case 'token-text':
    case 'compartment':
    case 'chain':
    case 'has':
      return true;
    case 'string':
      return criterion.match !== 'contains';
    case 'token':
      return !criterion.not && isOrdered(criterion.parameter) !== 'both';
    default:
      return false;
  }
}

function keyOf(row: Row, { by, descending }: SortKey): Key {
  const x = raw(row.alias);
  switch (by.kind) {
    case 'id':
      return {
        value: sql`(select r.id from ${table(row.site, 'res')} r where r.rid = ${x}.rid)`,
        type: 'text',
        descending,
      };
    case 'lastUpdated':
      return { value: sql`${x}.lu`, type: 'int8', descending };
    case 'parameter':
      return parameterKey(row, by.parameter, descending);
    default:
      return by satisfies never;
  }
}

/** Of several values the least counts in ascending order and the greatest in descending. */
function parameterKey(row: Row, parameter: SearchParameter, descending: boolean): Key {
  if (isClinicalDate(row, parameter)) return { value: sql`${raw(row.alias)}.d_lo`, type: 'int8', descending };
  const best = raw(descending ? 'max' : 'min');
  const place = sideTable(parameter);
  if (place === undefined) return { value: textKey(row, parameter, best), type: 'text', descending };
  const p = row.site.terms.parameter(row.type, parameter.code);
  // Amounts are put in order by the unit of their kind, where they have one.
  const column = parameter.type === 'quantity' ? raw('coalesce(o.clo, o.lo)') : raw(`o.${place.column}`);
  const value = sql`(select ${best}(${column}) from ${table(row.site, place.table)} o
    where o.rid = ${raw(row.alias)}.rid and o.p = ${p})`;
  const key = { value, type: valueTypes[place.table], descending };
  return parameter.type === 'quantity' ? key : { ...key, side: { ...place, parameter: p } };
}

/** Codes by what they are called, or by themselves; references and URIs as they are written. */
function textKey({ site, alias }: Row, { code }: SearchParameter, best: Sql): Sql {
  const owner = `${separator}${code}${separator}`;
  return sql`(select ${best}(split_part(e, ${separator}, 1) collate "C") from ${table(site, 'txt')} t
    cross join lateral unnest(t.texts || t.codes) e where t.rid = ${raw(alias)}.rid and strpos(e, ${owner}) > 0)`;
}

const valueTypes = { str: 'text', dt: 'int8', qty: 'float8' } as const;

/** The table that has a parameter's values in order; undefined for what is only there beside each resource. */
function sideTable(parameter: SearchParameter): Pick<NonNullable<Key['side']>, 'table' | 'column'> | undefined {
  switch (parameter.type) {
    case 'string':
      return { table: 'str', column: 'val' };
    case 'date':
      return { table: 'dt', column: 'lo' };
    case 'number':
    case 'quantity':
      return { table: 'qty', column: 'lo' };
    case 'token':
    case 'reference':
    case 'uri':
      return undefined;
    default:
      throw invalidSearchParameter('_sort', `${parameter.code} is a ${parameter.type}, which has no order.`);
  }
}

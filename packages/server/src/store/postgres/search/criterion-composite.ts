import {
  type CompositeCriterion,
  compositeKeys,
  earthRadius,
  type NearCriterion,
  type NearValue,
  normalizeString,
  type PartCriterion,
} from '@chartgate/fhir';
import { table } from '../database/site.ts';
import { and, or, raw, type Sql, sql } from '../database/sql.ts';
import type { Row } from './criterion.ts';
import {
  amountCondition,
  intervalCondition,
  isFromTop,
  measured,
  rangeCondition,
  type SideValues,
  second,
} from './criterion-range.ts';
import { isStorable, startsWith } from './criterion-term.ts';

/** Some row of `cmp`, of one element, meets all parts of a value. @see https://hl7.org/fhir/R4/search.html#composite */
export function compositeCondition(row: Row, criterion: CompositeCriterion): Sql {
  return sql`exists (select from ${table(row.site, 'cmp')} v where v.rid = ${raw(row.alias)}.rid
    and ${compositeValues(row, criterion)})`;
}

/** The same as a condition on the rows of `cmp` alone, as `v`. */
export function compositeValues(row: Row, criterion: CompositeCriterion): Sql {
  return or(alternatives(row, criterion));
}

/** Each of them has one key, and can be looked up by it in order. */
function alternatives(row: Row, { parameter, values }: CompositeCriterion): readonly Sql[] {
  const keys = compositeKeys(parameter);
  return values.flatMap((parts) =>
    keys.map((key) => and(parts.flatMap((part, i) => partConditions(row, { key, parts }, part, i)))),
  );
}

/** For a search that walks a list beside it. */
export function compositeSide(row: Row, criterion: CompositeCriterion): SideValues {
  const numbers = criterion.values.flatMap((parts) => parts.flatMap((part) => (isNumber(part) ? part.values : [])));
  const each = alternatives(row, criterion);
  return { table: 'cmp', condition: or(each), alternatives: each, fromTop: isFromTop(numbers) };
}

type Whole = { readonly key: string; readonly parts: readonly PartCriterion[] };

function partConditions(row: Row, whole: Whole, part: PartCriterion, i: number): readonly Sql[] {
  switch (part.kind) {
    case 'token':
      return [or(part.values.map(({ system, code = '' }) => tokenPart(row, whole.key, i, { system, code })))];
    case 'reference':
      return [hashPart(row, whole.key, i, namesOf(part))];
    case 'uri':
      return [hashPart(row, whole.key, i, part.values)];
    case 'string':
      return [
        or(
          part.values
            .map(normalizeString)
            .filter(isStorable)
            .map((text) => startsWith(raw('v.val'), text)),
        ),
      ];
    default:
      return [numberPart(row, whole, part, i)];
  }
}

function tokenPart(
  { site }: Row,
  key: string,
  i: number,
  { system, code }: { readonly system: string | null | undefined; readonly code: string },
): Sql {
  const { terms } = site;
  if (i > 0) return sql`v.w @> ${[terms.part(key, i, code, system)]}::int8[]`;
  const head = sql`v.k = ${terms.head(key, code)}`;
  if (system === undefined) return head;
  return system === null ? sql`(${head} and v.s is null)` : sql`(${head} and v.s = ${terms.system(system)})`;
}

function hashPart({ site }: Row, key: string, i: number, names: readonly string[]): Sql {
  if (i === 0) return sql`v.k = any(${names.map((name) => site.terms.head(key, name))}::int8[])`;
  return sql`v.w && ${names.map((name) => site.terms.part(key, i, name))}::int8[]`;
}

function namesOf({ values }: Extract<PartCriterion, { kind: 'reference' }>): readonly string[] {
  return values.flatMap((value) => {
    if (value.kind === 'local') return value.types.map((type) => `${type}/${value.id}`);
    return value.kind === 'url' ? [value.url] : [];
  });
}

type NumberPart = Extract<PartCriterion, { kind: 'date' | 'number' | 'quantity' }>;

function isNumber(part: PartCriterion): part is NumberPart {
  return part.kind === 'date' || part.kind === 'number' || part.kind === 'quantity';
}

/** The first number of a composite has other columns than the second. */
function numberPart(row: Row, { parts }: Whole, part: NumberPart, i: number): Sql {
  const bounds = parts.findIndex(isNumber) === i ? measured : second;
  switch (part.kind) {
    case 'date':
      return or(part.values.map((value) => intervalCondition(bounds.lo, bounds.hi, value)));
    case 'number':
      return or(part.values.map((value) => rangeCondition(bounds, value)));
    case 'quantity':
      return or(
        part.values.map((value) => (bounds === measured ? amountCondition(row, value) : rangeCondition(bounds, value))),
      );
    default:
      return part satisfies never;
  }
}

/** km from one degree of latitude to the next. */
const kmPerDegree = (Math.PI / 180) * earthRadius;

/** Between two latitudes, by the index, and as near as the great circle says. */
export function nearCondition(row: Row, { parameter, values }: NearCriterion): Sql {
  const k = row.site.terms.parameter(row.type, parameter.code);
  return sql`exists (select from ${table(row.site, 'cmp')} v where v.rid = ${raw(row.alias)}.rid
    and v.k = ${k} and ${or(values.map(withinCircle))})`;
}

function withinCircle({ latitude, longitude, km }: NearValue): Sql {
  const degrees = km / kmPerDegree + 1e-9;
  const north = sql`sin(radians(v.lo - ${latitude}::float8) / 2) ^ 2`;
  const east = sql`cos(radians(v.lo)) * cos(radians(${latitude}::float8)) * sin(radians(v.lo2 - ${longitude}::float8) / 2) ^ 2`;
  return sql`(v.lo between ${latitude - degrees}::float8 and ${latitude + degrees}::float8
    and ${2 * earthRadius}::float8 * asin(sqrt(least(1, ${north} + ${east}))) <= ${km}::float8)`;
}

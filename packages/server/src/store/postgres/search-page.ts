import { badRequest } from '@chartgate/fhir';
import type { SearchPosition } from '../../access/interaction.ts';
import type { Row } from './criterion.ts';
import type { Key, ListedCriterion, Order } from './search-order.ts';
import { table } from './site.ts';
import { and, join, raw, type Sql, sql } from './sql.ts';

/** The rows that a search is about: `sx` under `row.alias` and all of its conditions. */
export type Matches = {
  readonly row: Row;
  readonly conditions: readonly Sql[];
  /** The list that may be walked, with the conditions that remain beside it. */
  readonly listed?: { readonly criterion: ListedCriterion; readonly conditions: readonly Sql[] };
};

/**
 * The statements that together yield a page: row ids in column `rid`, sort keys in `k0`, `k1`, …. The rows of the
 * second, where there is one, come after all of the first: it holds the rows without a value.
 */
export function pageStatements(
  matches: Matches,
  order: Order,
  after: SearchPosition | undefined,
  limit: number,
): Sql[] {
  switch (order.kind) {
    case 'rid':
      return [byRid(matches, after && position(after, []), limit)];
    case 'list':
      return [alongList(matches, after && position(after, ['int8']), true, limit)];
    case 'walk':
      return walk(matches, order, after && position(after, ['int8']), limit);
    case 'keys':
      return [
        byKeys(
          matches,
          order.keys,
          after &&
            position(
              after,
              order.keys.map((key) => key.type),
            ),
          limit,
        ),
      ];
    default:
      return order satisfies never;
  }
}

/** A position arrives signed, yet one of another search must not become an error of the database. */
function position(after: SearchPosition, types: readonly Key['type'][]): SearchPosition {
  const fits = after.keys.length === types.length && after.keys.every((key, i) => key === null || isOf(types[i], key));
  if (fits && isInt8(after.rid)) return after;
  throw badRequest('The paging link does not belong to this search. Start again from the first page.');
}

function isOf(type: Key['type'] | undefined, key: string | number): boolean {
  return type === 'float8'
    ? typeof key === 'number'
    : typeof key === 'string' && (type === 'text' ? !key.includes('\0') : isInt8(key));
}

function isInt8(text: string): boolean {
  return /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

function byRid({ row, conditions }: Matches, after: SearchPosition | undefined, limit: number): Sql {
  const x = raw(row.alias);
  const start = after ? [sql`${x}.rid > ${after.rid}::int8`] : [];
  return sql`select ${x}.rid from ${table(row.site, 'sx')} ${x} where ${and([...start, ...conditions])}
    order by ${x}.rid limit ${limit}`;
}

/** `kd.d` is the clinical date, or the last update of a resource without one. */
function alongList(matches: Matches, after: SearchPosition | undefined, descending: boolean, limit: number): Sql {
  const { row, listed } = matches;
  if (!listed) throw new TypeError('There is no list to walk');
  const { site } = row;
  const { parameter, values } = listed.criterion;
  const x = raw(row.alias);
  const lists = values.map((value) => {
    const h = site.terms.token(row.type, parameter.code, value);
    return sql`select k.d, k.rid from ${table(site, 'kd')} k where k.h = ${h}`;
  });
  const list = lists.length === 1 ? lists[0] : sql`select distinct d, rid from (${join(lists, ' union all ')}) u`;
  const start = after ? [afterKey(raw('l.d'), raw('l.rid'), 'int8', descending, after)] : [];
  const direction = raw(descending ? 'desc' : 'asc');
  return sql`select l.rid, l.d as k0 from (${list}) l join ${table(site, 'sx')} ${x} on ${x}.rid = l.rid
    where ${and([...start, ...listed.conditions])} order by l.d ${direction}, l.rid ${direction} limit ${limit}`;
}

type Walk = Extract<Order, { kind: 'walk' }>;

function walk(matches: Matches, { column, descending }: Walk, after: SearchPosition | undefined, limit: number): Sql[] {
  const { row } = matches;
  if (column === 'lu') return [alongColumn(matches, 'lu', after, descending, limit)];
  const x = raw(row.alias);
  const dated = having(matches, sql`${x}.d_lo is not null`);
  const undated = having(matches, sql`${x}.d_lo is null`);
  const inOrder = (start: SearchPosition | undefined) =>
    matches.listed ? alongList(dated, start, descending, limit) : alongColumn(dated, 'd_lo', start, descending, limit);
  if (after?.keys[0] === null) return [withoutValue(undated, after, descending, limit)];
  return [inOrder(after), withoutValue(undated, undefined, descending, limit)];
}

function alongColumn(
  { row, conditions }: Matches,
  column: 'lu' | 'd_lo',
  after: SearchPosition | undefined,
  descending: boolean,
  limit: number,
): Sql {
  const x = raw(row.alias);
  const value = raw(`${row.alias}.${column}`);
  const start = after ? [afterKey(value, sql`${x}.rid`, 'int8', descending, after)] : [];
  const direction = raw(descending ? 'desc' : 'asc');
  return sql`select ${x}.rid, ${value} as k0 from ${table(row.site, 'sx')} ${x}
    where ${and([...start, ...conditions])} order by ${value} ${direction}, ${x}.rid ${direction} limit ${limit}`;
}

function withoutValue(
  { row, conditions }: Matches,
  after: SearchPosition | undefined,
  descending: boolean,
  limit: number,
): Sql {
  const x = raw(row.alias);
  const start = after ? [sql`${x}.rid ${raw(descending ? '<' : '>')} ${after.rid}::int8`] : [];
  return sql`select ${x}.rid, null::int8 as k0 from ${table(row.site, 'sx')} ${x}
    where ${and([...start, ...conditions])} order by ${x}.rid ${raw(descending ? 'desc' : 'asc')} limit ${limit}`;
}

/** Of a key that no row lacks, in the form that an index on (…, key, rid) serves. */
function afterKey(key: Sql, rid: Sql, type: Key['type'], descending: boolean, after: SearchPosition): Sql {
  return sql`(${key}, ${rid}) ${raw(descending ? '<' : '>')} (${after.keys[0]}::${raw(type)}, ${after.rid}::int8)`;
}

/** Computes the keys of all matches and sorts them. */
function byKeys(
  { row, conditions }: Matches,
  keys: readonly Key[],
  after: SearchPosition | undefined,
  limit: number,
): Sql {
  const x = raw(row.alias);
  const columns = keys.map((key, i) => sql`${key.value} as ${raw(`k${i}`)}`);
  const directions = keys.map((key, i) =>
    raw(`m.k${i}${collation(key)} ${key.descending ? 'desc' : 'asc'} nulls last`),
  );
  const backward = keys[0]?.descending ?? false;
  return sql`select * from (
      select ${x}.rid, ${join(columns, ', ')} from ${table(row.site, 'sx')} ${x} where ${and(conditions)} offset 0
    ) m where ${after ? beyond(keys, after, 0, backward) : raw('true')}
    order by ${join(directions, ', ')}, m.rid ${raw(backward ? 'desc' : 'asc')} limit ${limit}`;
}

function collation(key: Key): string {
  return key.type === 'text' ? ' collate "C"' : '';
}

/** Rows that come after the position by the keys from `i` on. */
function beyond(keys: readonly Key[], after: SearchPosition, i: number, backward: boolean): Sql {
  const key = keys[i];
  if (!key) return sql`m.rid ${raw(backward ? '<' : '>')} ${after.rid}::int8`;
  const column = raw(`m.k${i}${collation(key)}`);
  const rest = beyond(keys, after, i + 1, backward);
  const value = after.keys[i] ?? null;
  if (value === null) return sql`(${column} is null and ${rest})`;
  const at = sql`${value}::${raw(key.type)}`;
  return sql`(${column} ${raw(key.descending ? '<' : '>')} ${at} or ${column} is null or (${column} = ${at} and ${rest}))`;
}

function having({ row, conditions, listed }: Matches, condition: Sql): Matches {
  return {
    row,
    conditions: [...conditions, condition],
    ...(listed && { listed: { ...listed, conditions: [...listed.conditions, condition] } }),
  };
}

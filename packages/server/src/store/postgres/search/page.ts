import { badRequest } from '@chartgate/fhir';
import type { SearchPosition } from '../../../access/interaction.ts';
import { table } from '../database/site.ts';
import { and, join, raw, type Sql, sql } from '../database/sql.ts';
import { typeKey } from '../index/type-key.ts';
import type { Row } from './criterion.ts';
import type { Key, ListedCriterion, Order } from './order.ts';
import { type Span, withinSpan } from './span.ts';

/** The rows that a search is about: `sx` under `row.alias` and all of its conditions. */
export type Matches = {
  readonly row: Row;
  readonly conditions: readonly Sql[];
  /** Whether there are so few that all of them are sorted. */
  readonly isNarrow: boolean;
  /** Whether nothing but the type and the rule is asked for. */
  readonly isAll: boolean;
  /** Where in time they all lie. */
  readonly span?: Span | undefined;
  /** The list that may be walked, with the conditions that remain beside it. */
  readonly listed?: Listed;
};

/** `ofRid`: where nothing but row ids is needed, the conditions on these alone, for the type and the rule need no look. */
type Listed = {
  readonly criterion: ListedCriterion;
  readonly conditions: readonly Sql[];
  readonly ofRid?: readonly Sql[] | undefined;
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
      return walk(matches, order, after && position(after, [order.column === 'id' ? 'text' : 'int8']), limit);
    case 'keys':
      return inOrderOf(matches, order.keys, after, limit);
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

function byRid({ row, conditions, span }: Matches, after: SearchPosition | undefined, limit: number): Sql {
  const x = raw(row.alias);
  const start = after ? [sql`${x}.rid > ${after.rid}::int8`] : [];
  const rows = (...more: readonly Sql[]) => sql`select ${x}.rid from ${table(row.site, 'sx')} ${x}
    where ${and([...start, ...conditions, ...more])} order by ${x}.rid limit ${limit}`;
  return span ? sql`${withinSpan(row, span, rows)} order by u.rid limit ${limit}` : rows();
}

/**
 * `kd.d` is the clinical date, or the last update of a resource without one. Several lists are merged; a row that an
 * earlier one brings is passed over in the later ones.
 */
function alongList(matches: Matches, after: SearchPosition | undefined, descending: boolean, limit: number): Sql {
  const { row, listed } = matches;
  if (!listed) throw new TypeError('There is no list to walk');
  const { site } = row;
  const { parameter, values } = listed.criterion;
  const x = raw(row.alias);
  const hashes = values.map((value) => site.terms.token(row.type, parameter.code, value));
  const lists = hashes.map(
    (h, i) =>
      sql`select k.d, k.rid, ${hashes.slice(0, i)}::int8[] as earlier from ${table(site, 'kd')} k where k.h = ${h}`,
  );
  const once = lists.length > 1 ? [sql`not ${x}.terms && l.earlier`] : [];
  const ofRid = lists.length === 1 ? listed.ofRid : undefined;
  const l = ofRid ? x : raw('l');
  const from = sql`(${join(lists, ' union all ')}) ${l}`;
  const rows = ofRid ? from : sql`${from} join ${table(site, 'sx')} ${x} on ${x}.rid = l.rid`;
  const start = after ? [afterKey(sql`${l}.d`, sql`${l}.rid`, 'int8', descending, after)] : [];
  const direction = raw(descending ? 'desc' : 'asc');
  return sql`select ${l}.rid, ${l}.d as k0 from ${rows}
    where ${and([...start, ...once, ...(ofRid ?? listed.conditions)])}
    order by ${l}.d ${direction}, ${l}.rid ${direction} limit ${limit}`;
}

type Walk = Extract<Order, { kind: 'walk' }>;

function walk(matches: Matches, order: Walk, after: SearchPosition | undefined, limit: number): Sql[] {
  const { column, descending } = order;
  const { row, isNarrow } = matches;
  if (column === 'lu') return [alongColumn(matches, order, after, limit)];
  if (column === 'id') return [alongIds(matches, descending, after, limit)];
  const value = raw(`${row.alias}.d_lo`);
  if (isNarrow) return [byKeys(matches, [{ value, type: 'int8', descending }], after, limit)];
  const dated = having(matches, sql`${value} is not null`);
  const inOrder = (start: SearchPosition | undefined) =>
    matches.listed ? alongList(dated, start, descending, limit) : alongColumn(dated, order, start, limit);
  return valuesFirst(inOrder, having(matches, sql`${value} is null`), { type: 'int8', descending }, after, limit);
}

/** The rows with a value, in order, then those without. */
function valuesFirst(
  inOrder: (after: SearchPosition | undefined) => Sql,
  without: Matches,
  { type, descending }: Pick<Key, 'type' | 'descending'>,
  after: SearchPosition | undefined,
  limit: number,
): Sql[] {
  const { row, conditions } = without;
  const x = raw(row.alias);
  const rest = (position: SearchPosition | undefined) => {
    const start = position ? [sql`${x}.rid ${raw(descending ? '<' : '>')} ${position.rid}::int8`] : [];
    return sql`select ${x}.rid, null::${raw(type)} as k0 from ${table(row.site, 'sx')} ${x}
      where ${and([...start, ...conditions])} order by ${x}.rid ${raw(descending ? 'desc' : 'asc')} limit ${limit}`;
  };
  return after?.keys[0] === null ? [rest(after)] : [inOrder(after), rest(undefined)];
}

function alongColumn(
  { row, conditions }: Matches,
  { column, descending }: Walk,
  after: SearchPosition | undefined,
  limit: number,
): Sql {
  const x = raw(row.alias);
  const value = raw(`${row.alias}.${column}`);
  const start = after ? [afterKey(value, sql`${x}.rid`, 'int8', descending, after)] : [];
  const direction = raw(descending ? 'desc' : 'asc');
  return sql`select ${x}.rid, ${value} as k0 from ${table(row.site, 'sx')} ${x}
    where ${and([...start, ...conditions])} order by ${value} ${direction}, ${x}.rid ${direction} limit ${limit}`;
}

function alongIds(
  { row, conditions }: Matches,
  descending: boolean,
  after: SearchPosition | undefined,
  limit: number,
): Sql {
  const x = raw(row.alias);
  const start = after ? [sql`i.id ${raw(descending ? '<' : '>')} ${after.keys[0]}::text`] : [];
  return sql`select ${x}.rid, i.id as k0 from ${table(row.site, 'res')} i
    join ${table(row.site, 'sx')} ${x} on ${x}.rid = i.rid
    where i.tk = ${typeKey(row.type)} and ${and([...start, ...conditions])}
    order by i.id ${raw(descending ? 'desc' : 'asc')} limit ${limit}`;
}

/** Along the index of a side table, stopping at each row's least value, or greatest in descending order. */
function alongValues(matches: Matches, key: SideKey, after: SearchPosition | undefined, limit: number): Sql[] {
  const { row, conditions } = matches;
  const { side, type, descending } = key;
  const [x, o, e] = [raw(row.alias), raw(`o.${side.column}`), raw(`e.${side.column}`)];
  const [beyond, direction] = [raw(descending ? '>' : '<'), raw(descending ? 'desc' : 'asc')];
  const name = table(row.site, side.table);
  const inOrder = (position: SearchPosition | undefined) => {
    const start = position ? [afterKey(o, raw('o.rid'), type, descending, position)] : [];
    return sql`select distinct on (${o}, o.rid) o.rid, ${o} as k0 from ${name} o
      join ${table(row.site, 'sx')} ${x} on ${x}.rid = o.rid
      where o.p = ${side.parameter} and ${and([...start, ...conditions])}
      and not exists (select from ${name} e where e.rid = o.rid and e.p = o.p and ${e} ${beyond} ${o})
      order by ${o} ${direction}, o.rid ${direction} limit ${limit}`;
  };
  const without = having(matches, sql`not ${x}.has @> ${[side.parameter]}::int8[]`);
  return valuesFirst(inOrder, without, key, after, limit);
}

type SideKey = Key & { readonly side: NonNullable<Key['side']> };

function isAlone(keys: readonly Key[]): keys is readonly [SideKey] {
  return keys.length === 1 && keys[0]?.side !== undefined;
}

/** Of a key that no row lacks, in the form that an index on (…, key, rid) serves. */
function afterKey(key: Sql, rid: Sql, type: Key['type'], descending: boolean, after: SearchPosition): Sql {
  return sql`(${key}, ${rid}) ${raw(descending ? '<' : '>')} (${after.keys[0]}::${raw(type)}, ${after.rid}::int8)`;
}

function inOrderOf(matches: Matches, keys: readonly Key[], after: SearchPosition | undefined, limit: number): Sql[] {
  const start =
    after &&
    position(
      after,
      keys.map((key) => key.type),
    );
  if (matches.isAll && isAlone(keys)) return alongValues(matches, keys[0], start, limit);
  return [byKeys(matches, keys, start, limit)];
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

function having(matches: Matches, condition: Sql): Matches {
  const { conditions, listed } = matches;
  return {
    ...matches,
    conditions: [...conditions, condition],
    ...(listed && { listed: { ...listed, conditions: [...listed.conditions, condition], ofRid: undefined } }),
  };
}

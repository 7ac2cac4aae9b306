import { arrayLiteral, float8Array, int2Array, int4Array, int8Array, textArray } from '../database/arrays.ts';
import { type Site, table } from '../database/site.ts';
import { raw, type Sql, sql } from '../database/sql.ts';
import type { IndexRow } from '../index/index-row.ts';
import type { QuantityColumns } from '../index/quantity-row.ts';
import type { NewVersion } from '../index/version-row.ts';

/**
 * One statement that writes any number of versions, of new resources and of existing ones. Of the existing ones it
 * locks exactly the versions that the new ones follow; when one of them is not the current one any more it writes
 * nothing at all, and answers `{ written: false }`. Its text depends on nothing but the site: prepare it.
 */
export function writeStatement(site: Site, fresh: readonly NewVersion[], changed: readonly NewVersion[]): Sql {
  const all = [...fresh, ...changed];
  if (changed.length === 0) {
    return sql`with ${newRows(site, fresh, raw('true'))}, ${sideRows(site, all, raw('true'))} select true as written`;
  }
  return sql`with
    following as (
      select r.pk, r.tk, r.id, r.ver, r.lu, r.method, r.body
      from unnest(${keys(changed).tk}::int2[], ${keys(changed).id}::text[], ${keys(changed).ver}::int4[]) as i(tk, id, ver)
      join ${table(site, 'res')} r on r.tk = i.tk and r.id = i.id and r.ver = i.ver - 1
      order by r.tk, r.id for update of r
    ),
    whole as materialized (select count(*) = ${changed.length}::int8 as yes from following),
    ${supersede(site, changed)}, ${replaceIndex(site, changed, whole)},
    ${newRows(site, fresh, whole)}, ${sideRows(site, all, whole)}
    select yes as written from whole`;
}

const whole = raw('(select yes from whole)');

/** The statement's name: its text is the same for all writes of a kind. */
export function writeName(site: Site, changed: readonly NewVersion[]): string {
  return `${site.schema} ${changed.length === 0 ? 'create' : 'write'}`;
}

/** The versions that were current go to `hist`, and the new ones in their place; what was deleted is hidden from searches. */
function supersede(site: Site, versions: readonly NewVersion[]): Sql {
  const { tk, id, ver } = keys(versions);
  const lu = int8Array(versions.map((v) => v.lastUpdated));
  const method = int2Array(versions.map((v) => v.method));
  const body = textArray(versions.map((v) => v.body));
  const pk = int8Array(versions.map((v) => v.index?.pk ?? null));
  const gone = versions.filter((v) => v.index === null);
  return sql`
    past as (
      insert into ${table(site, 'hist')} (pk, tk, id, ver, lu, method, body)
      select pk, tk, id, ver, lu, method, body from following where (select yes from whole)
    ),
    present as (
      update ${table(site, 'res')} r
      set pk = coalesce(i.pk, r.pk), ver = i.ver, lu = i.lu, method = i.method, body = i.body
      from unnest(${tk}::int2[], ${id}::text[], ${ver}::int4[], ${lu}::int8[], ${method}::int2[], ${body}::text[],
        ${pk}::int8[]) as i(tk, id, ver, lu, method, body, pk)
      where r.tk = i.tk and r.id = i.id and (select yes from whole)
    ),
    hidden as (
      update ${table(site, 'sx')} x set tk = -abs(x.tk), lu = i.lu
      from unnest(${int8Array(gone.map((v) => v.rid))}::int8[], ${int8Array(gone.map((v) => v.lastUpdated))}::int8[])
        as i(rid, lu)
      where x.rid = i.rid and (select yes from whole)
    )`;
}

/** What is indexed of resources that are there already: their rows of `sx` are set, their side rows taken away. */
export function replaceIndex(
  site: Site,
  versions: readonly Pick<NewVersion, 'rid' | 'tk' | 'lastUpdated' | 'index'>[],
  when: Sql,
): Sql {
  const rid = int8Array(versions.map((v) => v.rid));
  const index = indexColumns(versions.filter((v) => v.index !== null));
  // A row with words is replaced instead: one statement cannot take a row away and put one with its key in.
  const wordless = int8Array(versions.filter((v) => !v.index?.txt).map((v) => v.rid));
  const cleared = (name: string) => sql`${raw(`old_${name}`)} as (
      delete from ${table(site, name)} where rid = any(${rid}::int8[]) and ${when})`;
  return sql`
    indexed as (
      update ${table(site, 'sx')} x
      set pk = i.pk, tk = i.tk, lu = i.lu, pt = i.pt, d_lo = i.d_lo, d_hi = i.d_hi,
        terms = i.terms, targets = i.targets, has = i.has
      from ${index} as i
      where x.rid = i.rid and ${when}
    ),
    ${cleared('kd')}, ${cleared('dt')}, ${cleared('qty')}, ${cleared('str')}, ${cleared('cmp')},
    old_txt as (
      delete from ${table(site, 'txt')} where rid = any(${wordless}::int8[]) and ${when})`;
}

/** Rows of new resources in `res` and `sx`. */
function newRows(site: Site, fresh: readonly NewVersion[], when: Sql): Sql {
  const { tk, id, ver } = keys(fresh);
  const pk = int8Array(fresh.map((v) => v.index?.pk ?? null));
  const rid = int8Array(fresh.map((v) => v.rid));
  const lu = int8Array(fresh.map((v) => v.lastUpdated));
  return sql`
    r as (
      insert into ${table(site, 'res')} (pk, tk, id, rid, ver, lu, method, body)
      select * from unnest(${pk}::int8[], ${tk}::int2[], ${id}::text[], ${rid}::int8[], ${ver}::int4[], ${lu}::int8[],
        ${int2Array(fresh.map((v) => v.method))}::int2[], ${textArray(fresh.map((v) => v.body))}::text[])
      where ${when}
    ),
    x as (
      insert into ${table(site, 'sx')} (rid, pk, tk, lu, idh, pt, d_lo, d_hi, terms, targets, has)
      select * from ${indexColumns(fresh)} i where ${when}
    )`;
}

/** The side rows of new and changed resources. */
export function sideRows(site: Site, all: readonly Pick<NewVersion, 'rid' | 'index'>[], when: Sql): Sql {
  const kd = side(all, ({ kd }) => kd);
  const dt = side(all, ({ dt }) => dt);
  const qty = side(all, ({ qty }) => qty);
  const str = side(all, ({ str }) => str);
  return sql`
    a as (
      insert into ${table(site, 'kd')} (h, d, rid, pk)
      select * from unnest(${int8Array(kd.rows.map((row) => row.h))}::int8[], ${int8Array(kd.rows.map((row) => row.d))}::int8[],
        ${owner(kd)}) where ${when}
    ),
    b as (
      insert into ${table(site, 'dt')} (p, lo, hi, rid, pk)
      select * from unnest(${int8Array(dt.rows.map((row) => row.p))}::int8[], ${int8Array(dt.rows.map((row) => row.lo))}::int8[],
        ${int8Array(dt.rows.map((row) => row.hi))}::int8[], ${owner(dt)}) where ${when}
    ),
    c as (
      insert into ${table(site, 'qty')} (p, lo, hi, u, c, n, clo, chi, rid, pk)
      select * from unnest(${int8Array(qty.rows.map((row) => row.p))}::int8[], ${quantityArrays(qty.rows)}, ${owner(qty)})
      where ${when}
    ),
    d as (
      insert into ${table(site, 'str')} (p, val, rid, pk)
      select * from unnest(${int8Array(str.rows.map((row) => row.p))}::int8[], ${textArray(str.rows.map((row) => row.val))}::text[],
        ${owner(str)}) where ${when}
    ),
    ${compositeInsert(site, all, when)},
    ${textInsert(site, all, when)}`;
}

type Indexed = readonly Pick<NewVersion, 'rid' | 'index'>[];

/** Rows of a side table, and at the same places the row ids and shard keys of what they are of. */
type Side<R> = { readonly rows: readonly R[]; readonly rid: readonly number[]; readonly pk: readonly bigint[] };

function side<R>(all: Indexed, rowsOf: (index: IndexRow) => readonly R[]): Side<R> {
  const rows: R[] = [];
  const rids: number[] = [];
  const pks: bigint[] = [];
  for (const { rid, index } of all) {
    if (!index) continue;
    for (const row of rowsOf(index)) {
      rows.push(row);
      rids.push(rid);
      pks.push(index.pk);
    }
  }
  return { rows, rid: rids, pk: pks };
}

function owner({ rid, pk }: Side<unknown>): Sql {
  return sql`${int8Array(rid)}::int8[], ${int8Array(pk)}::int8[]`;
}

/** `lo, hi, u, c, n, clo, chi`, null where a row has none of it. */
function quantityArrays(rows: readonly Partial<QuantityColumns>[]): Sql {
  const numbers = (of: 'lo' | 'hi' | 'clo' | 'chi') =>
    sql`${float8Array(rows.map((row) => row[of] ?? null))}::float8[]`;
  const hashes = (of: 'u' | 'c' | 'n') => sql`${int8Array(rows.map((row) => row[of] ?? null))}::int8[]`;
  return sql`${numbers('lo')}, ${numbers('hi')}, ${hashes('u')}, ${hashes('c')}, ${hashes('n')}, ${numbers('clo')}, ${numbers('chi')}`;
}

function compositeInsert(site: Site, all: Indexed, when: Sql): Sql {
  const cmp = side(all, (index) => index.cmp);
  const { rows } = cmp;
  const w = slices(rows.map((row) => row.w));
  return sql`
    e as (
      insert into ${table(site, 'cmp')} (k, s, lo, hi, u, c, n, clo, chi, lo2, hi2, val, w, rid, pk)
      select i.k, i.s, i.lo, i.hi, i.u, i.c, i.n, i.clo, i.chi, i.lo2, i.hi2, i.val,
        (${w.all}::int8[])[i.w_lo:i.w_hi], i.rid, i.pk
      from unnest(${int8Array(rows.map((row) => row.k))}::int8[], ${int8Array(rows.map((row) => row.s))}::int8[],
        ${quantityArrays(rows)}, ${float8Array(rows.map((row) => row.lo2 ?? null))}::float8[],
        ${float8Array(rows.map((row) => row.hi2 ?? null))}::float8[], ${textArray(rows.map((row) => row.val ?? null))}::text[],
        ${w.lo}::int4[], ${w.hi}::int4[], ${owner(cmp)}
      ) as i(k, s, lo, hi, u, c, n, clo, chi, lo2, hi2, val, w_lo, w_hi, rid, pk) where ${when}
    )`;
}

/** A row that is there already is replaced: a resource has one. */
function textInsert(site: Site, all: Indexed, when: Sql): Sql {
  const txt = side(all, (index) => (index.txt ? [index.txt] : []));
  const { rows } = txt;
  const lists = (of: 'texts' | 'codes') => sql`${textArray(rows.map((row) => arrayLiteral(row[of])))}::text[]`;
  return sql`
    f as (
      insert into ${table(site, 'txt')} (words, texts, codes, rid, pk)
      select i.words::tsvector, i.texts::text[], i.codes::text[], i.rid, i.pk
      from unnest(${textArray(rows.map((row) => row.words))}::text[], ${lists('texts')}, ${lists('codes')},
        ${owner(txt)}) as i(words, texts, codes, rid, pk) where ${when}
      on conflict (rid) do update
      set words = excluded.words, texts = excluded.texts, codes = excluded.codes, pk = excluded.pk
    )`;
}

/** The columns of `sx` for versions that are not deletions: `rid, pk, tk, lu, idh, pt, d_lo, d_hi, terms, targets, has`. */
function indexColumns(versions: readonly Pick<NewVersion, 'rid' | 'tk' | 'lastUpdated' | 'index'>[]): Sql {
  const rows = versions.filter(isIndexed);
  const column = (value: (index: IndexRow) => bigint | number | null) =>
    sql`${int8Array(rows.map((row) => value(row.index)))}::int8[]`;
  const terms = slices(rows.map((row) => row.index.terms));
  const targets = slices(rows.map((row) => row.index.targets));
  const has = slices(rows.map((row) => row.index.has));
  return sql`(
    select u.rid, u.pk, u.tk, u.lu, u.idh, u.pt, u.d_lo, u.d_hi, (${terms.all}::int8[])[u.terms_lo:u.terms_hi] as terms,
      (${targets.all}::int8[])[u.targets_lo:u.targets_hi] as targets, (${has.all}::int8[])[u.has_lo:u.has_hi] as has
    from unnest(${int8Array(rows.map((row) => row.rid))}::int8[], ${column((i) => i.pk)},
      ${int2Array(rows.map((row) => row.tk))}::int2[], ${int8Array(rows.map((row) => row.lastUpdated))}::int8[],
      ${column((i) => i.idh)}, ${column((i) => i.pt)},
      ${column((i) => i.dates?.lo ?? null)}, ${column((i) => i.dates?.hi ?? null)},
      ${terms.lo}::int4[], ${terms.hi}::int4[], ${targets.lo}::int4[], ${targets.hi}::int4[], ${has.lo}::int4[], ${has.hi}::int4[]
    ) as u(rid, pk, tk, lu, idh, pt, d_lo, d_hi, terms_lo, terms_hi, targets_lo, targets_hi, has_lo, has_hi))`;
}

type Unindexed = { readonly index: IndexRow | null };

function isIndexed<V extends Unindexed>(version: V): version is V & { readonly index: IndexRow } {
  return version.index !== null;
}

/** Arrays of arrays, which unnest would flatten: as one array, and the bounds (from 1) of each one's slice of it. */
function slices(arrays: readonly (readonly bigint[])[]): { all: Buffer; lo: Buffer; hi: Buffer } {
  let end = 0;
  const ends = arrays.map((array) => {
    end += array.length;
    return end;
  });
  const starts = arrays.map((array, i) => (ends[i] ?? 0) - array.length + 1);
  return { all: int8Array(arrays.flat()), lo: int4Array(starts), hi: int4Array(ends) };
}

function keys(versions: readonly NewVersion[]): { tk: Buffer; id: Buffer; ver: Buffer } {
  return {
    tk: int2Array(versions.map((v) => v.tk)),
    id: textArray(versions.map((v) => v.id)),
    ver: int4Array(versions.map((v) => v.version)),
  };
}

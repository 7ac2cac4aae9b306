import { table } from '../database/site.ts';
import { raw, type Sql, sql } from '../database/sql.ts';
import type { Row } from './criterion.ts';

/**
 * How rows point at each other, as SQL. A reference to a local resource is the term `idh XOR key`, with the `idh` of
 * the other row and the key of the parameter. A canonical reference is `url XOR key`, with the hash of the URL, and the
 * resource of that URL has `url XOR key` of its own parameter `url`. Both hashes are among `targets` of the row.
 */
export type Link = { readonly from: Sql; readonly where: Sql };

/** Whether resources of the type are pointed at by their canonical URL. @see https://hl7.org/fhir/R4/references.html#canonical */
export function isCanonical({ site }: Pick<Row, 'site'>, type: string): boolean {
  return site.conformance.parameters.find(type, 'url')?.type === 'uri';
}

/** The rows `far` that `row` points at by the parameter. */
export function pointedAtBy(row: Row, code: string, far: Row): readonly Link[] {
  const { site } = row;
  const key = site.terms.parameter(row.type, code);
  const [x, y, t] = [raw(row.alias), raw(far.alias), raw(`${far.alias}t`)];
  const local = {
    from: sql`${table(site, 'sx')} ${y}`,
    where: sql`${y}.idh = any(${x}.targets) and ${x}.terms @> array[${y}.idh # ${key}::int8]`,
  };
  if (!isCanonical(row, far.type)) return [local];
  const url = site.terms.parameter(far.type, 'url');
  const byUrl = {
    from: sql`unnest(${x}.targets) ${t}(h) join ${table(site, 'sx')} ${y} on ${y}.terms @> array[${t}.h # ${url}::int8]`,
    where: sql`${x}.terms @> array[${t}.h # ${key}::int8]`,
  };
  return [local, byUrl];
}

/** The rows `far` whose parameter points at `row`. */
export function pointingAt(row: Row, code: string, far: Row): readonly Link[] {
  const { site } = row;
  const key = site.terms.parameter(far.type, code);
  const [x, y, t] = [raw(row.alias), raw(far.alias), raw(`${far.alias}t`)];
  const local = {
    from: sql`${table(site, 'sx')} ${y}`,
    where: sql`${y}.terms @> array[${x}.idh # ${key}::int8]`,
  };
  if (!isCanonical(row, row.type)) return [local];
  const url = site.terms.parameter(row.type, 'url');
  const byUrl = {
    from: sql`unnest(${x}.targets) ${t}(h) join ${table(site, 'sx')} ${y} on ${y}.terms @> array[${t}.h # ${key}::int8]`,
    where: sql`${x}.terms @> array[${t}.h # ${url}::int8]`,
  };
  return [local, byUrl];
}

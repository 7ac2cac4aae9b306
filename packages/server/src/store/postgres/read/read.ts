import type { Letter, Resource } from '@chartgate/fhir';
import type { HistoryInstance, Read, Vread } from '../../../access/interaction.ts';
import type { Permitted } from '../../../access/permit.ts';
import type { AccessRule } from '../../../access/rule.ts';
import type { StoredVersion } from '../../ports.ts';
import { isPlain, opens } from '../access/content-rule.ts';
import { requirePermittedHere } from '../access/permitted-here.ts';
import { ruleCondition } from '../access/rule.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { raw, type Sql, sql } from '../database/sql.ts';
import { factsOf } from '../index/content-facts.ts';
import { typeKey, typeOfKey } from '../index/type-key.ts';
import { storedVersion, type VersionRow } from '../index/version-row.ts';

/** What reading needs of the store. */
export type Reader = {
  readonly site: Site;
  /** For statements by key alone. */
  readonly keyed: Connection;
  /** For statements with a rule in them. */
  readonly ruled: Connection;
  /** Reads by key, perhaps several at once. */
  readonly byKey: (key: { readonly tk: number; readonly id: string }) => Promise<VersionRow | undefined>;
};

export async function read(reader: Reader, permitted: Permitted<Read>): Promise<StoredVersion | undefined> {
  requirePermittedHere(reader.site, permitted);
  const { type, id } = permitted.interaction;
  if (isPlain(permitted.rule, type, 'r')) {
    const row = await reader.byKey({ tk: typeKey(type), id });
    return row && storedVersion(row);
  }
  const [row] = await reader.ruled.query<JudgedRow>(
    sql`select r.tk, r.id, r.ver, r.lu, r.method, r.body, ${judged(reader.site, 'r')} ${visible(reader.site, permitted)}`,
  );
  return row && openVersions(reader.site, permitted.rule, [row])[0];
}

export async function vread(reader: Reader, permitted: Permitted<Vread>): Promise<StoredVersion | undefined> {
  requirePermittedHere(reader.site, permitted);
  const { type, versionId } = permitted.interaction;
  if (!/^[1-9]\d{0,8}$/.test(versionId)) return undefined;
  const version = Number(versionId);
  const plain = isPlain(permitted.rule, type, 'r');
  const [row] = await (plain ? reader.keyed : reader.ruled).query<JudgedRow>(
    sql`select r.tk, r.id, v.*${plain ? raw('') : sql`, ${judged(reader.site, 'v')}`} ${visible(reader.site, permitted)}
      cross join lateral (
        select r.ver, r.lu, r.method, r.body where r.ver = ${version}
        union all
        select h.ver, h.lu, h.method, h.body from ${table(reader.site, 'hist')} h
        where h.tk = r.tk and h.id = r.id and h.ver = ${version}
      ) v`,
    plain ? `${reader.site.schema} vread` : undefined,
  );
  return row && openVersions(reader.site, permitted.rule, [row])[0];
}

/** `judged`: under a rule that opens a part of the type, the content that tells whether the version may be seen. */
export type JudgedRow = VersionRow & { judged?: string | null };

/** A deletion holds nothing: it is judged by the version that it deleted. */
export function judged(site: Site, version: 'r' | 'v' | 'h'): Sql {
  const v = raw(version);
  return sql`coalesce(${v}.body, (select d.body from ${table(site, 'hist')} d
    where d.tk = r.tk and d.id = r.id and d.ver = ${v}.ver - 1)) as judged`;
}

/** `from res r where` it is the one asked for, and the rule opens it. A deleted one is judged by what it was. */
export function visible(site: Site, { interaction, rule }: Permitted<Read | Vread | HistoryInstance>): Sql {
  const { type, id } = interaction;
  const isTheOne = sql`r.tk = ${typeKey(type)} and r.id = ${id}`;
  if (isPlain(rule, type, 'r')) return sql`from (select * from ${table(site, 'res')} r where ${isTheOne}) r`;
  return sql`from (
    select r.* from ${table(site, 'res')} r join ${table(site, 'sx')} x on x.rid = r.rid
    where ${isTheOne} and ${ruleCondition(site, rule, type, 'r', 'x')}) r`;
}

/**
 * The versions that the rule opens, judged by what each of them holds: an earlier one may have lain outside (another
 * patient's, another category), and a hash in the index is not the value itself.
 */
export function openVersions(
  site: Site,
  rule: AccessRule,
  rows: readonly JudgedRow[],
  letter: Letter = 'r',
): StoredVersion[] {
  const isOpen = ({ tk, id, lu, judged }: JudgedRow) =>
    isPlain(rule, typeOfKey(tk), letter) ||
    (typeof judged === 'string' &&
      opens(rule, letter, { ...factsOf(site, JSON.parse(judged) as Resource, id), lastUpdated: Number(lu) }));
  return rows.filter(isOpen).map(storedVersion);
}

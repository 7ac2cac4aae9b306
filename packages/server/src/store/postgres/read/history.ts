import type { HistoryInstance, HistoryWindow } from '../../../access/interaction.ts';
import type { Permitted } from '../../../access/permit.ts';
import type { HistoryPage } from '../../ports.ts';
import { isPlain } from '../access/content-rule.ts';
import { requirePermittedHere } from '../access/permitted-here.ts';
import { table } from '../database/site.ts';
import { and, raw, type Sql, sql } from '../database/sql.ts';
import type { VersionRow } from '../index/version-row.ts';
import { openVersions, type Reader, visible } from './read.ts';

type Row = VersionRow & { total: number; ver: number | null };

/**
 * Of one resource, newest first. The versions 1 to the current one are all there, so that their number is the current
 * version's. What was superseded ended when the next version began.
 */
export async function history(reader: Reader, permitted: Permitted<HistoryInstance>): Promise<HistoryPage | undefined> {
  requirePermittedHere(reader.site, permitted);
  const { interaction, rule } = permitted;
  const { type, count, before = 2 ** 31 - 1 } = interaction;
  const plain = isPlain(rule, type, 'r');
  const isWhole = plain && interaction.since === undefined && interaction.at === undefined;
  const hist = table(reader.site, 'hist');
  const end = sql`coalesce((select n.lu from ${hist} n where n.tk = h.tk and n.id = h.id and n.ver = h.ver + 1), r.lu)`;
  const rows = await (plain ? reader.keyed : reader.ruled).query<Row>(
    sql`select r.tk, r.id, r.ver as total, v.* ${visible(reader.site, permitted)}
      left join lateral (
        (select r.ver, r.lu, r.method, r.body
          where r.ver < ${before}::int8 and ${within(interaction, { begin: raw('r.lu') })})
        union all
        (select h.ver, h.lu, h.method, h.body from ${hist} h
          where h.tk = r.tk and h.id = r.id and h.ver < ${before}::int8
            and ${within(interaction, { begin: raw('h.lu'), end })}
          order by h.ver desc limit ${count + 1})
        order by ver desc limit ${count + 1}
      ) v on true`,
    isWhole ? `${reader.site.schema} history` : undefined,
  );
  const [first] = rows;
  if (!first) return undefined;
  const page = rows.filter((row) => row.ver !== null);
  const shown = page.slice(0, count);
  const last = shown.at(-1)?.ver;
  return {
    versions: openVersions(reader.site, rule, shown),
    ...(isWhole ? { total: first.total } : {}),
    ...(page.length > count && last !== undefined ? { next: last } : {}),
  };
}

/** When a version was current: from `begin` until `end`; without an end it still is. */
type Reign = { readonly begin: Sql; readonly end?: Sql };

/** Whether a version lies in the window. @see https://hl7.org/fhir/R4/http.html#history */
export function within({ since, at }: HistoryWindow, { begin, end }: Reign): Sql {
  return and([
    ...(since === undefined ? [] : [sql`${begin} >= ${since}::int8`]),
    ...(at === undefined ? [] : [sql`${begin} < ${at.hi}::int8`]),
    ...(at === undefined || end === undefined ? [] : [sql`${end} > ${at.lo}::int8`]),
  ]);
}

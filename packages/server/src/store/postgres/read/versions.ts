import { resourceTypes } from '@chartgate/fhir';
import type { HistoryPosition, HistorySystem, HistoryType } from '../../../access/interaction.ts';
import type { Permitted } from '../../../access/permit.ts';
import { opening } from '../../../access/rule.ts';
import type { StoredVersion, VersionsPage } from '../../ports.ts';
import { isPlain } from '../access/content-rule.ts';
import { requirePermittedHere } from '../access/permitted-here.ts';
import { ruleCondition } from '../access/rule.ts';
import { type Site, table } from '../database/site.ts';
import { and, join, or, raw, type Sql, sql } from '../database/sql.ts';
import { typeKey, typeOfKey } from '../index/type-key.ts';
import type { VersionRow } from '../index/version-row.ts';
import { within } from './history.ts';
import { type JudgedRow, judged, openVersions, type Reader } from './read.ts';

type Asked = Permitted<HistoryType | HistorySystem>;

/** Rows that are looked at for one page at most, in shares of a page: versions may lie outside of the rule. */
const maxShares = 20;

/**
 * The versions of a type, or of everything, newest first; those of one time by type and id. A page starts behind a
 * version that stays where it is, so that writes in between neither repeat nor drop one. An earlier version is judged
 * by what it holds, which no index knows: pages are filled up until they are full.
 */
export async function versions(reader: Reader, permitted: Asked): Promise<VersionsPage> {
  requirePermittedHere(reader.site, permitted);
  const { count } = permitted.interaction;
  const found: StoredVersion[] = [];
  let after = permitted.interaction.after;
  for (let share = 0; share < maxShares; share++) {
    const rows = await reader.ruled.query<JudgedRow>(pageOf(reader.site, permitted, after));
    const shown = rows.slice(0, count);
    for (const row of shown) {
      const [open] = openVersions(reader.site, permitted.rule, [row], 's');
      if (open) found.push(open);
      after = positionOf(row);
      if (found.length === count) break;
    }
    const isLast = rows.length <= count && positionIsOf(after, rows.at(-1));
    if (isLast) return { versions: found };
    if (found.length === count) break;
  }
  return after ? { versions: found, next: after } : { versions: found };
}

function positionOf({ lu, tk, id }: VersionRow): HistoryPosition {
  return { lastUpdated: Number(lu), type: typeOfKey(tk), id };
}

function positionIsOf(position: HistoryPosition | undefined, row: VersionRow | undefined): boolean {
  if (!row) return true;
  return position?.id === row.id && position.lastUpdated === Number(row.lu) && position.type === typeOfKey(row.tk);
}

/** One row more than the page holds tells whether there are more. */
function pageOf(site: Site, permitted: Asked, after: HistoryPosition | undefined): Sql {
  const { interaction } = permitted;
  const scope = scopeOf(site, permitted);
  const newest = raw('order by lu desc, tk desc, id desc limit');
  const limit = interaction.count + 1;
  const current = (sign: 1 | -1) => sql`(select r.tk, r.id, r.ver, r.lu, r.method, r.body, ${judged(site, 'r')}
      from ${table(site, 'sx')} x join ${table(site, 'res')} r on r.rid = x.rid
      where ${and([scope.indexed(sign), within(interaction, { begin: raw('x.lu') }), beyond(after, 'x')])}
      order by x.lu desc, r.tk desc, r.id desc limit ${limit})`;
  const end = sql`coalesce((select n.lu from ${table(site, 'hist')} n
    where n.tk = h.tk and n.id = h.id and n.ver = h.ver + 1), r.lu)`;
  const reign = { begin: raw('h.lu'), ...(interaction.at === undefined ? {} : { end }) };
  const superseded = sql`(select h.tk, h.id, h.ver, h.lu, h.method, h.body, ${judged(site, 'h')}
      from ${table(site, 'hist')} h join ${table(site, 'res')} r on r.tk = h.tk and r.id = h.id
      join ${table(site, 'sx')} x on x.rid = r.rid
      where ${and([scope.superseded, within(interaction, reign), beyond(after, 'h')])}
      order by h.lu desc, h.tk desc, h.id desc limit ${limit})`;
  const parts = interaction.code === 'history-type' ? [current(1), current(-1)] : [current(1)];
  return sql`select * from (${join([...parts, superseded], ' union all ')}) v ${newest} ${limit}`;
}

/** Only what comes behind the position; the first half of the condition is what the indexes know. */
function beyond(after: HistoryPosition | undefined, alias: 'x' | 'h'): Sql {
  if (!after) return raw('true');
  const { lastUpdated, type, id } = after;
  const lu = raw(`${alias}.lu`);
  return sql`${lu} <= ${lastUpdated}::int8
    and (${lu} < ${lastUpdated}::int8 or (r.tk, r.id) < (${typeKey(type)}::int2, ${id}::text))`;
}

/** Conditions under which rows may be seen. The search row of a deleted resource has its type negated. */
type Scope = { readonly indexed: (sign: 1 | -1) => Sql; readonly superseded: Sql };

function scopeOf(site: Site, { interaction, rule }: Asked): Scope {
  if (interaction.code === 'history-type') {
    const key = typeKey(interaction.type);
    const open = ruleCondition(site, rule, interaction.type, 's', 'x');
    return {
      indexed: (sign) => and([sql`x.tk = ${sign * key}::int2`, open]),
      superseded: and([sql`h.tk = ${key}::int2`, open]),
    };
  }
  if (resourceTypes.every((type) => isPlain(rule, type, 's'))) {
    return { indexed: () => raw('true'), superseded: raw('true') };
  }
  const open = or(
    groupsOf(site, rule).map(({ keys, condition }) => sql`(r.tk = any(${keys}::int2[]) and ${condition})`),
  );
  return { indexed: () => open, superseded: open };
}

/** The types that the rule opens anything of, those with the same condition together. */
function groupsOf(site: Site, rule: Asked['rule']): readonly { keys: number[]; condition: Sql }[] {
  const groups = new Map<string, { keys: number[]; condition: Sql }>();
  for (const type of resourceTypes) {
    if (opening(rule, type, 's').length === 0) continue;
    const condition = ruleCondition(site, rule, type, 's', 'x');
    const { text, values } = condition.render();
    const name = JSON.stringify([text, values.map(String)]);
    const known = groups.get(name);
    if (known) known.keys.push(typeKey(type));
    else groups.set(name, { keys: [typeKey(type)], condition });
  }
  return [...groups.values()];
}

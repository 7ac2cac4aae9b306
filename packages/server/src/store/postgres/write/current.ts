import type { Letter } from '@chartgate/fhir';
import type { AccessRule } from '../../../access/rule.ts';
import { isPlain, mayLabelAll } from '../access/content-rule.ts';
import { ruleCondition } from '../access/rule.ts';
import { int2Array, textArray } from '../database/arrays.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { join, raw, type Sql, sql } from '../database/sql.ts';
import { typeKey } from '../index/type-key.ts';

/**
 * The state of a resource that is about to be changed. `open`: the rule opens it for that, as far as its index row tells.
 * `text`: its JSON, or that of the version before the deletion; there where the rule asks for more than the row tells.
 */
export type Current = {
  readonly rid: number;
  readonly version: number;
  readonly lastUpdated: number;
  readonly deleted: boolean;
  readonly open: boolean;
  readonly text?: string;
};

/** A resource that is about to be changed, and under which rule. */
export type Target = {
  readonly type: string;
  readonly id: string;
  readonly rule: AccessRule;
  readonly letter: Letter;
};

type Row = {
  n: number;
  rid: string;
  ver: number;
  lu: string;
  method: number;
  open: boolean;
  text?: string | null;
};

/** The current state of each target, in their order; undefined where there never was one. `lock` holds them. */
export async function findCurrent(
  connection: Connection,
  site: Site,
  targets: readonly Target[],
  lock: boolean,
): Promise<(Current | undefined)[]> {
  const tks = int2Array(targets.map((target) => typeKey(target.type)));
  const ids = textArray(targets.map((target) => target.id));
  const open = openness(site, targets);
  const isJudged = !targets.every(
    ({ rule, type, letter }) => isPlain(rule, type, letter) && mayLabelAll(rule, type, letter),
  );
  const rows = await connection.query<Row>(
    sql`select i.n::int4 as n, r.rid, r.ver, r.lu, r.method, ${open ?? raw('true')} as open
      ${isJudged ? text(site) : raw('')}
      from unnest(${tks}::int2[], ${ids}::text[]) with ordinality as i(tk, id, n)
      join ${table(site, 'res')} r on r.tk = i.tk and r.id = i.id
      ${open ? sql`join ${table(site, 'sx')} x on x.rid = r.rid` : raw('')}
      ${lock ? raw(`order by r.tk, r.id for update of r${open ? ', x' : ''}`) : raw('')}`,
    open || isJudged ? undefined : `${site.schema} current${lock ? ' locked' : ''}`,
  );
  const found: (Current | undefined)[] = targets.map(() => undefined);
  for (const { n, rid, ver, lu, method, open, text } of rows) {
    const state = { rid: Number(rid), version: ver, lastUpdated: Number(lu), deleted: method === 3, open };
    found[n - 1] = { ...state, ...(typeof text === 'string' ? { text } : {}) };
  }
  return found;
}

function text(site: Site): Sql {
  return sql`, coalesce(r.body, (select h.body from ${table(site, 'hist')} h
    where h.tk = r.tk and h.id = r.id and h.ver = r.ver - 1)) as text`;
}

/** One condition for each rule and type among the targets; undefined where all are open to everything. */
function openness(site: Site, targets: readonly Target[]): Sql | undefined {
  const groups: { target: Target; numbers: number[] }[] = [];
  targets.forEach((target, i) => {
    if (isPlain(target.rule, target.type, target.letter)) return;
    const known = groups.find(
      ({ target: t }) => t.rule === target.rule && t.type === target.type && t.letter === target.letter,
    );
    if (known) known.numbers.push(i + 1);
    else groups.push({ target, numbers: [i + 1] });
  });
  if (groups.length === 0) return undefined;
  const cases = groups.map(
    ({ target: { rule, type, letter }, numbers }) =>
      sql`when i.n = any(${numbers}::int8[]) then ${ruleCondition(site, rule, type, letter, 'x')}`,
  );
  return sql`case ${join(cases, ' ')} else true end`;
}

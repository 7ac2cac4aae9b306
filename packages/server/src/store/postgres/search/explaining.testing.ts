import { type Connection, type Database, prepared, type Statement } from '../database/database.ts';

export type Explaining = {
  readonly connection: Connection;
  /** Tables that the plans read from one end to the other. */
  readonly readThrough: string[];
  /** Index rows that were looked at, passed over ones included. */
  readRows(): number;
  /** How often what the terms find was put together with what another index finds. */
  combined(): number;
};

type Plan = { readonly [key: string]: unknown; readonly Plans?: readonly Plan[] };

/** A connection that notes what the plans of its statements read. */
export function explaining({ searches }: Pick<Database, 'searches'>): Explaining {
  const readThrough: string[] = [];
  let rows = 0;
  let combined = 0;
  const note = (plan: Plan): void => {
    const relation = plan['Relation Name'];
    if (plan['Node Type'] === 'Seq Scan') readThrough.push(String(relation));
    if (plan['Node Type'] === 'BitmapAnd' && plan.Plans?.some((one) => one['Index Name'] === 'sx_terms')) combined += 1;
    if (relation === 'sx' || relation === 'kd') rows += rowsOf(plan);
    for (const inner of plan.Plans ?? []) note(inner);
  };
  const connection: Connection = {
    query: async <R extends object>(statement: Statement) => {
      const { text, values } = prepared(statement);
      const [row] = await searches.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>({
        text: `explain (analyze, format json) ${text}`,
        values: values ?? [],
      });
      if (row) note(row['QUERY PLAN'][0].Plan);
      return searches.query<R>(statement);
    },
  };
  return { connection, readThrough, readRows: () => rows, combined: () => combined };
}

function rowsOf(plan: Plan): number {
  const each = ['Actual Rows', 'Rows Removed by Filter', 'Rows Removed by Index Recheck'];
  return Number(plan['Actual Loops']) * each.reduce((sum, name) => sum + Number(plan[name] ?? 0), 0);
}

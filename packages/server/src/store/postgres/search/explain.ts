import type { Explain } from '../../../access/interaction.ts';
import type { Permitted } from '../../../access/permit.ts';
import type { ExplainedStatement, Explanation, PlanNode } from '../../ports.ts';
import { requirePermittedHere } from '../access/permitted-here.ts';
import { type Connection, prepared, type Statement } from '../database/database.ts';
import type { Site } from '../database/site.ts';
import { pageOf } from './search.ts';
import { isCancelled } from './too-costly.ts';

/**
 * Runs a search as `search` does, and tells how: each of its statements with its plan. One that takes longer than the
 * database lets it ends the search, and is told with the plan as it was meant.
 */
export async function explain(connection: Connection, site: Site, permitted: Permitted<Explain>): Promise<Explanation> {
  requirePermittedHere(site, permitted);
  const { rule, interaction } = permitted;
  const statements: ExplainedStatement[] = [];
  const ended = stopwatch();
  try {
    const page = await pageOf(explaining(connection, statements), { site, rule, query: interaction.query });
    const total = page.total === undefined ? {} : { total: page.total };
    const found = { matches: page.matches.length, included: page.included.length, ...total };
    return { statements, milliseconds: ended(), found };
  } catch (error) {
    if (!isCancelled(error)) throw error;
    return { statements, milliseconds: ended() };
  }
}

/** Reads ms since it was made, to a thousandth. */
function stopwatch(): () => number {
  const started = performance.now();
  return () => Math.round((performance.now() - started) * 1000) / 1000;
}

/** Runs every statement twice, the first time for its plan. */
function explaining(connection: Connection, statements: ExplainedStatement[]): Connection {
  return {
    query: async <Row extends object>(statement: Statement, name?: string) => {
      const { text, values = [] } = prepared(statement);
      const ask = (options: string) => planOf(connection, { text: `explain (${options}) ${text}`, values });
      const sql = text.replace(/\s+/g, ' ');
      let ended = stopwatch();
      try {
        const plan = await ask('analyze, buffers, format json');
        ended = stopwatch();
        const rows = await connection.query<Row>(statement, name);
        statements.push({ sql, milliseconds: ended(), rows: rows.length, plan });
        return rows;
      } catch (error) {
        if (isCancelled(error)) statements.push({ sql, milliseconds: ended(), plan: await ask('format json') });
        throw error;
      }
    },
  };
}

type Explained = { 'QUERY PLAN': readonly { readonly Plan: Readonly<Record<string, unknown>> }[] };

async function planOf(connection: Connection, statement: Statement): Promise<PlanNode> {
  const [row] = await connection.query<Explained>(statement);
  return withoutValues(row?.['QUERY PLAN'][0]?.Plan ?? {});
}

/** The members of a node that hold no value of a resource or a search. */
const shown: ReadonlySet<string> = new Set([
  ...['Node Type', 'Join Type', 'Strategy', 'Scan Direction', 'Parent Relationship', 'Subplan Name', 'CTE Name'],
  ...['Relation Name', 'Alias', 'Index Name', 'Startup Cost', 'Total Cost', 'Plan Rows'],
  ...['Actual Startup Time', 'Actual Total Time', 'Actual Rows', 'Actual Loops'],
  ...['Rows Removed by Filter', 'Rows Removed by Index Recheck', 'Rows Removed by Join Filter', 'Heap Fetches'],
  ...['Sort Method', 'Sort Space Used', 'Sort Space Type', 'Shared Hit Blocks', 'Shared Read Blocks'],
]);

function withoutValues(node: Readonly<Record<string, unknown>>): PlanNode {
  const members = Object.entries(node).filter(
    (entry): entry is [string, string | number | boolean] => shown.has(entry[0]) && typeof entry[1] !== 'object',
  );
  const plans = (node.Plans ?? []) as readonly Readonly<Record<string, unknown>>[];
  return { ...Object.fromEntries(members), ...(plans.length > 0 ? { Plans: plans.map(withoutValues) } : {}) };
}

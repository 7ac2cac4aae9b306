import type { Criterion } from '@chartgate/fhir';
import type { Connection } from '../database/database.ts';
import { table } from '../database/site.ts';
import { join, raw, type Sql, sql } from '../database/sql.ts';
import { criterionCondition, type Row } from './criterion.ts';
import { compositeSide } from './criterion-composite.ts';
import { sideValues } from './criterion-range.ts';

/** Values in range that are looked up at most, to find the rows of the search from there. */
const maxValues = 500;

/** Whether `besideList` asks nothing of a row but its id. */
export function isBesideRows(row: Row, criterion: Criterion): boolean {
  return criterion.kind === 'composite' || sideValues(row, criterion) !== undefined;
}

/**
 * A criterion beside a list that is walked in order. Where few values lie in its range the search goes on from those;
 * where many do, the walk soon meets enough of them, so each row of the list is asked by itself. Left to itself the
 * planner would gather and sort all that lie in range, as it cannot know how values and codes go together.
 */
export async function besideList(connection: Connection, row: Row, criterion: Criterion): Promise<Sql> {
  const values = criterion.kind === 'composite' ? compositeSide(row, criterion) : sideValues(row, criterion);
  if (!values) return criterionCondition(row, criterion);
  const side = table(row.site, values.table);
  const x = raw(row.alias);
  // As one text, which goes back into the search as it is.
  const [few] = await connection.query<{ rids: string | null }>(sql`
    select case when count(*) <= ${maxValues}::int8 then coalesce(string_agg(f.rid::text, ','), '') end as rids from (
      ${join(
        (values.alternatives ?? [values.condition]).map(
          (condition) => sql`(select v.rid from ${side} v where ${condition}
      order by v.lo ${raw(values.fromTop ? 'desc' : 'asc')} limit ${maxValues + 1})`,
        ),
        ' union all ',
      )}
    ) f`);
  if (typeof few?.rids === 'string') return sql`${x}.rid = any(${`{${few.rids}}`}::int8[])`;
  // "offset 0" keeps the subquery one: asked row by row, not turned into a join.
  return sql`exists (select from ${side} v where v.rid = ${x}.rid and ${values.condition} offset 0)`;
}

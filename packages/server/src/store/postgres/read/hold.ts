import type { Read } from '../../../access/interaction.ts';
import type { Permitted } from '../../../access/permit.ts';
import type { StoredVersion } from '../../ports.ts';
import { int2Array, textArray } from '../database/arrays.ts';
import type { Connection } from '../database/database.ts';
import { table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { typeKey } from '../index/type-key.ts';
import { type Reader, read } from './read.ts';

/**
 * Locks resources, all in one order, then reads them. `reader` must be of the transaction on `connection`: a statement
 * after the lock sees what was committed before it was had.
 */
export async function hold(
  reader: Reader,
  connection: Connection,
  permitted: readonly Permitted<Read>[],
): Promise<readonly (StoredVersion | undefined)[]> {
  const { site } = reader;
  const interactions = permitted.map(({ interaction }) => interaction);
  await connection.query(
    sql`select 1 from unnest(${int2Array(interactions.map(({ type }) => typeKey(type)))}::int2[],
        ${textArray(interactions.map(({ id }) => id))}::text[]) as i(tk, id)
      join ${table(site, 'res')} r on r.tk = i.tk and r.id = i.id
      order by r.tk, r.id for update of r`,
    `${site.schema} lock`,
  );
  const found: (StoredVersion | undefined)[] = [];
  for (const one of permitted) found.push(await read(reader, one));
  return found;
}

import type { Permitted } from '../../../access/permit.ts';
import type { ResourceTransaction } from '../../ports.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';

type Asked = Pick<Permitted, 'interaction' | 'rule'>;

/**
 * The reader, writing down what is asked under an emergency before anything is looked up: where it cannot be written,
 * nothing is answered. It wraps whatever methods there are, so that a new one cannot be forgotten.
 * @param connection never that of a transaction, whose rollback would take the record away
 */
export function recordingEmergencies<Methods extends Partial<ResourceTransaction>>(
  connection: Connection,
  site: Site,
  reader: Methods,
): Methods {
  const recorded = (run: (asked: never) => Promise<unknown>) => (asked: Asked | readonly Asked[]) => {
    if (!Array.isArray(asked) && !(asked as Asked).rule.breakGlass) return run(asked as never);
    const uses = [asked].flat().filter(({ rule }) => rule.breakGlass);
    return uses.length === 0 ? run(asked as never) : record(connection, site, uses).then(() => run(asked as never));
  };
  const methods = Object.entries(reader).map(([name, run]) => [name, recorded(run)]);
  return Object.fromEntries(methods) as Methods;
}

async function record(connection: Connection, site: Site, uses: readonly Asked[]): Promise<void> {
  for (const { interaction, rule } of uses) {
    const { clientId = '', user = '', patient = '', reason = '' } = rule.breakGlass ?? {};
    const id = 'id' in interaction ? interaction.id : null;
    const type = 'type' in interaction ? interaction.type : '*';
    await connection.query(
      sql`insert into ${table(site, 'emergency_access')}
        (at, client_id, user_reference, patient, reason, interaction, resource_type, resource_id)
        values (${String(Date.now())}::int8, ${clientId}, ${user}, ${patient}, ${reason}, ${interaction.code},
          ${type}, ${id})`,
      `${site.schema} emergency`,
    );
  }
}

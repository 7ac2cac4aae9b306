import type { Permitted } from '../../../access/permit.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';

/**
 * Writes down what is asked under an emergency, before anything is looked up: where it cannot be written, nothing is
 * answered. `connection` is never that of a transaction, whose rollback would take the record away. Other permits cost nothing.
 */
export async function recordEmergency(
  connection: Connection,
  site: Site,
  permits: readonly Pick<Permitted, 'interaction' | 'rule'>[],
): Promise<void> {
  for (const { interaction, rule } of permits) {
    const { breakGlass } = rule;
    if (!breakGlass) continue;
    const { clientId, user, patient, reason } = breakGlass;
    const id = 'id' in interaction ? interaction.id : null;
    await connection.query(
      sql`insert into ${table(site, 'emergency_access')}
        (at, client_id, user_reference, patient, reason, interaction, resource_type, resource_id)
        values (${String(Date.now())}::int8, ${clientId}, ${user}, ${patient}, ${reason}, ${interaction.code},
          ${interaction.type}, ${id})`,
      `${site.schema} emergency`,
    );
  }
}

import type { ClientConfig } from 'pg';
import type { GateEvent } from '../../gate-ports.ts';
import { listenTo } from '../database/listen.ts';
import { type Sql, sql } from '../database/sql.ts';

const channel = 'chartgate_gate';

/** An expression that tells all nodes, once the statement it stands in is committed. */
export function announce(event: GateEvent): Sql {
  return sql`pg_notify(${channel}, ${JSON.stringify(event)})`;
}

/** As `announce`, of a client that only the statement knows. @param clientId a column */
export function announceClient(site: string, clientId: Sql): Sql {
  return sql`pg_notify(${channel}, json_build_object('site', ${site}::text, 'clientId', ${clientId})::text)`;
}

/** Hears the events of all nodes. When some may have been missed, `lost` is called. */
export function listen(
  config: ClientConfig,
  hear: (event: GateEvent) => void,
  lost: () => void,
): Promise<{ close(): Promise<void> }> {
  const hearPayload = (payload: string) => {
    const event = eventOf(payload);
    if (event) hear(event);
    else lost();
  };
  return listenTo(config, channel, { hear: hearPayload, lost });
}

/** Undefined for what is not ours: anybody who may connect to the database can notify. */
function eventOf(payload: string): GateEvent | undefined {
  try {
    const event: unknown = JSON.parse(payload);
    return typeof event === 'object' && event !== null && 'site' in event ? (event as GateEvent) : undefined;
  } catch {
    return undefined;
  }
}

import type { ClientConfig } from 'pg';
import type { ConformanceEvent } from '../../conformance-ports.ts';
import { listenTo } from '../database/listen.ts';
import type { Site } from '../database/site.ts';
import { type Sql, sql } from '../database/sql.ts';
import { typeOfKey } from '../index/type-key.ts';

/** The trigger of migration 0007 says on it which resources of the chart were written. */
const channel = 'chartgate_conformance';

/** An expression that tells all nodes of a change of the packages, once its statement is committed. */
export function announcePackages(site: Site): Sql {
  return sql`pg_notify(${channel}, ${JSON.stringify({ schema: site.schema })})`;
}

/** Hears of one site. What cannot be understood counts as something missed: anybody connected can notify. */
export function listen(
  config: ClientConfig,
  site: Site,
  { hear, lost }: { readonly hear: (event: ConformanceEvent) => void; readonly lost: () => void },
): Promise<{ close(): Promise<void> }> {
  const hearPayload = (payload: string) => {
    try {
      const { schema, tk, id } = JSON.parse(payload) as { schema?: unknown; tk?: unknown; id?: unknown };
      if (schema !== site.schema) return;
      hear(tk === undefined ? { kind: 'packages' } : { kind: 'chart', type: typeOfKey(Number(tk)), id: String(id) });
    } catch {
      lost();
    }
  };
  return listenTo(config, channel, { hear: hearPayload, lost });
}

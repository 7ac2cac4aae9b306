import type { ClientConfig } from 'pg';
import { listenTo } from '../database/listen.ts';
import type { Site } from '../database/site.ts';
import { type Sql, sql } from '../database/sql.ts';

const channel = 'chartgate_parameters';

/** An expression that tells all nodes, once its transaction is committed, that a site's parameters have changed. */
export function announceParameters(site: Site): Sql {
  return sql`pg_notify(${channel}, ${site.name})`;
}

/** Hears of changes at a site; `changed` is called as well when something may have been missed. */
export function listenToParameters(
  config: ClientConfig,
  site: Site,
  changed: () => void,
): Promise<{ close(): Promise<void> }> {
  return listenTo(config, channel, {
    hear: (name) => {
      if (name === site.name) changed();
    },
    lost: changed,
  });
}

import type { SettingStore } from '../../gate-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { announce } from './events.ts';

export function settingStore({ reads, writes }: Database, site: Site): SettingStore {
  const settings = table(site, 'setting');
  return {
    async all() {
      const rows = await reads.query<{ name: string; value: unknown }>(sql`select name, value from ${settings}`);
      return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    },

    async put(values, at) {
      const entries = Object.entries(values);
      const names = entries.map(([name]) => name);
      const texts = entries.map(([, value]) => (value === null ? null : JSON.stringify(value)));
      await writes.query(sql`
        with given as (
          select * from unnest(${names}::text[], ${texts}::text[]) as t (name, value)
        ), dropped as (
          delete from ${settings} where name in (select name from given where value is null)
        ), put as (
          insert into ${settings} (name, value, changed_at)
          select name, value::json, ${at}::int8 from given where value is not null
          on conflict (name) do update set value = excluded.value, changed_at = excluded.changed_at
        )
        select ${announce({ site: site.name, settings: true })}`);
    },
  };
}

import { type Site, table } from '../database/site.ts';
import { join, raw, type Sql, sql } from '../database/sql.ts';
import { codeOf } from '../database/unavailable.ts';
import { announce } from './events.ts';

/**
 * A statement after which all that the account opened and allowed before is dead: sessions, authorizations with their
 * tokens, half sign-ins, and the browsers it knew. Nothing happens where `changed` changes no row; else a row comes back.
 * @param changed an update of `account` that counts its epoch up, returning `account_id, epoch`
 * @param keep the session that lives on
 * @param more further parts of the statement, which may read `changed`
 */
export function endingEverything(
  site: Site,
  changed: Sql,
  { keep, more = [], before = raw('') }: { keep?: Uint8Array | undefined; more?: readonly Sql[]; before?: Sql } = {},
): Sql {
  const sessions = table(site, 'session');
  const kept = keep ?? null;
  const whose = raw('(select account_id from changed)');
  const rest = more.map((part, i) => sql`, ${raw(`more_${i}`)} as (${part})`);
  return sql`
    with ${before} changed as (${changed}), kept as (
      update ${sessions} s set epoch = changed.epoch from changed
      where s.account_id = changed.account_id and s.h = ${kept}::bytea
    ), ended as (
      delete from ${sessions} where account_id in ${whose} and h is distinct from ${kept}::bytea
    ), killed as (
      delete from ${table(site, 'user_authorization')} where account_id in ${whose}
    ), halves as (
      delete from ${table(site, 'sign_in_step')} where account_id in ${whose}
    )${join(rest, '')}
    select ${announce({ site: site.name, users: true })} from changed`;
}

/** Runs a statement; `taken` where another active account has the address. */
export async function unlessTaken(run: () => Promise<readonly unknown[]>): Promise<'done' | 'gone' | 'taken'> {
  try {
    return (await run()).length > 0 ? 'done' : 'gone';
  } catch (error) {
    if (codeOf(error) === '23505') return 'taken';
    throw error;
  }
}

import { FhirError, issue } from '@chartgate/fhir';
import type { LastOfEach } from '../../../access/interaction.ts';
import type { Permitted } from '../../../access/permit.ts';
import type { StoredVersion } from '../../ports.ts';
import { requirePermittedHere } from '../access/permitted-here.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { and, sql } from '../database/sql.ts';
import { storedVersion } from '../index/version-row.ts';
import type { Row } from './criterion.ts';
import { exactly } from './exact-check.ts';
import { type FoundRow, foundColumns } from './include.ts';
import { latestOfGroups } from './latest.ts';
import { matchesOf } from './search.ts';

/** Matches that are grouped at most. */
const maxMatches = 10_000;

type Candidate = { rid: string; d: string | null; concept: string | null };

/**
 * The latest matches of each group; those of one time in the order they came, for how rows lie would tell of hidden ones.
 * All matches are looked at, for their dates and codes alone, and the bodies of the latest are read.
 */
export async function lastOfEach(
  connection: Connection,
  site: Site,
  permitted: Permitted<LastOfEach>,
): Promise<readonly StoredVersion[]> {
  requirePermittedHere(site, permitted);
  const { rule, interaction } = permitted;
  const { type, query, by, max } = interaction;
  const row: Row = { site, rule, type, alias: 'x' };
  const { conditions } = await matchesOf(connection, row, query, false);
  const candidates = await connection.query<Candidate>(sql`select x.rid, x.d_lo as d, r.body::json -> ${by} as concept
    from (select x.rid, x.d_lo from ${table(site, 'sx')} x where ${and(conditions)} limit ${maxMatches + 1}) x
    join ${table(site, 'res')} r on r.rid = x.rid order by x.rid`);
  if (candidates.length > maxMatches) throw tooMany();
  const latest = latestOfGroups(
    candidates.map(({ rid, d, concept }) => ({ key: rid, at: d === null ? undefined : BigInt(d), concept })),
    max,
  );
  const rows = await connection.query<FoundRow>(sql`select ${foundColumns}
    from unnest(${latest}::int8[]) with ordinality as l(rid, n)
    join ${table(site, 'res')} r on r.rid = l.rid order by l.n`);
  return exactly({ site, type, rule, letters: ['s'], criteria: query.criteria }, rows).map(storedVersion);
}

function tooMany(): FhirError {
  const text = `More than ${maxMatches} resources match, too many to be grouped. Narrow the search, by a date for one.`;
  return new FhirError(400, [issue('too-costly', text)]);
}

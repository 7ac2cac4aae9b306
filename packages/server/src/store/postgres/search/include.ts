import { FhirError, type Include, issue, type SearchQuery, searchLimits } from '@chartgate/fhir';
import type { AccessRule } from '../../../access/rule.ts';
import type { StoredVersion } from '../../ports.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { join, raw, type Sql, sql } from '../database/sql.ts';
import { typeOfKey } from '../index/type-key.ts';
import { storedVersion, type VersionRow } from '../index/version-row.ts';
import { exactly } from './exact-check.ts';
import { broughtBackward, broughtForward, includeLetters } from './include-step.ts';

/** A current version with the id of its row. */
export type FoundRow = VersionRow & { rid: string };

/** The columns of a `FoundRow`, for a select from `res r`. */
export const foundColumns = raw('r.rid, r.tk, r.id, r.ver, r.lu, r.method, r.body');

/** `isCut`: `:iterate` would have gone further than a search may. */
export type Included = { readonly included: readonly StoredVersion[]; readonly isCut: boolean };

/** Where and under which rule resources are included. */
export type IncludeScope = { readonly site: Site; readonly rule: AccessRule };

/**
 * What `_include` and `_revinclude` bring to the matches of a page: each resource once, none that is a match itself.
 * `:iterate` goes on from what was brought, step by step, until nothing new comes.
 * A resource that another points at is included where the rule opens reading or searching it; one that points at
 * another, where it opens searching, for that is how it was found.
 * @throws {FhirError} 400 when there are more than `searchLimits.included`
 * @see https://hl7.org/fhir/R4/search.html#revinclude
 */
export async function included(
  connection: Connection,
  scope: IncludeScope,
  query: Pick<SearchQuery, 'include' | 'revinclude'>,
  matches: readonly FoundRow[],
): Promise<Included> {
  const brought: FoundRow[] = [];
  const known = new Set(matches.map(({ rid }) => rid));
  let edge = matches;
  for (let depth = 0; edge.length > 0; depth++) {
    const statements = stepStatements(scope, query, { edge, depth, limit: known.size + searchLimits.included + 1 });
    if (statements.length === 0) break;
    const left = searchLimits.included - brought.length;
    const rows = await connection.query<FoundRow>(newRows(scope, statements, [...known], left + 1));
    if (depth >= searchLimits.includeDepth && rows.length > 0) return answer(brought, true);
    if (rows.length > left) throw tooMany();
    for (const { rid } of rows) known.add(rid);
    edge = rows.filter((row) => isOpen(scope, row));
    brought.push(...edge);
  }
  return answer(brought, false);
}

function answer(rows: readonly FoundRow[], isCut: boolean): Included {
  return { included: rows.map(storedVersion), isCut };
}

/** One step from rows whose links have not been followed yet. The first is from the matches. */
export type Step = { readonly edge: readonly FoundRow[]; readonly depth: number; readonly limit: number };

function stepStatements(
  scope: IncludeScope,
  { include, revinclude }: Pick<SearchQuery, 'include' | 'revinclude'>,
  step: Step,
): Sql[] {
  const now = (includes: readonly Include[]) => includes.filter(({ iterate }) => step.depth === 0 || iterate);
  return [
    ...now(include).flatMap((one) => broughtForward(scope, one, step)),
    ...broughtBackward(scope, now(revinclude), step),
  ];
}

function newRows({ site }: IncludeScope, statements: readonly Sql[], known: readonly string[], limit: number): Sql {
  return sql`with found as materialized (
      select distinct f.rid from (${join(statements, ' union all ')}) f where f.rid <> all(${known}::int8[]) limit ${limit}
    )
    select ${foundColumns} from found join ${table(site, 'res')} r on r.rid = found.rid order by r.rid`;
}

/** What both came to is checked by the letters of an include: `_revinclude` finds nothing that `s` alone does not open. */
function isOpen({ site, rule }: IncludeScope, found: FoundRow): boolean {
  const checked = { site, type: typeOfKey(found.tk), rule, letters: includeLetters, criteria: [] };
  return exactly(checked, [found]).length > 0;
}

function tooMany(): FhirError {
  const text = `_include and _revinclude would bring more than ${searchLimits.included} resources to this page. `;
  return new FhirError(400, [issue('too-costly', `${text}Ask for smaller pages with _count, or include less.`)]);
}

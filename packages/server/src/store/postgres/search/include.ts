import { FhirError, type Include, issue, type Letter, type SearchQuery } from '@chartgate/fhir';
import { type AccessRule, opening } from '../../../access/rule.ts';
import type { StoredVersion } from '../../ports.ts';
import { isPlain } from '../access/content-rule.ts';
import { ruleCondition } from '../access/rule.ts';
import type { Connection } from '../database/database.ts';
import { table } from '../database/site.ts';
import { and, join, or, raw, type Sql, sql } from '../database/sql.ts';
import { typeKey, typeOfKey } from '../index/type-key.ts';
import { storedVersion, type VersionRow } from '../index/version-row.ts';
import type { Row } from './criterion.ts';
import { hasAnyTerm } from './criterion-term.ts';
import { exactly } from './exact-check.ts';

/** A current version with the id of its row. */
export type FoundRow = VersionRow & { rid: string };

/** The columns of a `FoundRow`, for a select from `res r`. */
export const foundColumns = raw('r.rid, r.tk, r.id, r.ver, r.lu, r.method, r.body');

/** Resources that are included on a page at most. */
export const maxIncluded = 1000;

/**
 * What `_include` and `_revinclude` bring to the matches of a page: each resource once, none that is a match itself.
 * A resource that a match points at is included where the rule opens reading or searching it; one that points at a
 * match, where it opens searching, for that is how it was found.
 * @throws {FhirError} 400 when there are more than `maxIncluded`
 * @see https://hl7.org/fhir/R4/search.html#revinclude
 */
export async function included(
  connection: Connection,
  row: Row,
  query: SearchQuery,
  matches: readonly FoundRow[],
): Promise<StoredVersion[]> {
  if (matches.length === 0) return [];
  const found = [
    ...query.include.flatMap((include) => pointedAt(row, include, matches)),
    ...query.revinclude.flatMap((include) => pointingAt(row, include, matches)),
  ];
  if (found.length === 0) return [];
  const { site } = row;
  const rows = await connection.query<FoundRow>(sql`with found as materialized (
      select f.rid from (${join(found, ' union ')}) f where f.rid <> all(${rids(matches)}::int8[]) limit ${maxIncluded + 1}
    )
    select ${foundColumns} from found join ${table(site, 'res')} r on r.rid = found.rid order by r.rid`);
  if (rows.length > maxIncluded) throw tooMany();
  return rows.filter((found) => isOpen(row, found)).map(storedVersion);
}

/** What both came to is checked by the letters of an include: `_revinclude` finds nothing that `s` alone does not open. */
function isOpen({ site, rule }: Row, found: FoundRow): boolean {
  const checked = { site, type: typeOfKey(found.tk), rule, letters: includeLetters, criteria: [] };
  return exactly(checked, [found]).length > 0;
}

function tooMany(): FhirError {
  const text = `_include and _revinclude would bring more than ${maxIncluded} resources to this page. `;
  return new FhirError(400, [issue('too-costly', `${text}Ask for smaller pages with _count, or include less.`)]);
}

function rids(matches: readonly FoundRow[]): readonly string[] {
  return matches.map(({ rid }) => rid);
}

/** Forward: from the targets of the matches. */
function pointedAt(row: Row, include: Include, matches: readonly FoundRow[]): Sql[] {
  const { site, rule, type } = row;
  if (include.source !== type) return [];
  const types = include.target === undefined ? include.parameter.target : [include.target];
  const opened = types.filter((target) => isOpened(rule, target));
  if (opened.length === 0) return [];
  const key = site.terms.parameter(type, include.parameter.code);
  return [
    sql`select y.rid from ${table(site, 'sx')} x cross join lateral unnest(x.targets) t(idh)
      join ${table(site, 'sx')} y on y.idh = t.idh
      where x.rid = any(${rids(matches)}::int8[]) and x.terms @> array[y.idh # ${key}::int8]
      and ${mayInclude({ site, rule, alias: 'y' }, opened)}`,
  ];
}

export const includeLetters: readonly Letter[] = ['r', 's'];

export function isOpened(rule: AccessRule, type: string): boolean {
  return includeLetters.some((letter) => opening(rule, type, letter).length > 0);
}

/** The types that are open as a whole share one condition: a reference parameter may point at any type there is. */
export function mayInclude({ site, rule, alias }: Omit<Row, 'type'>, types: readonly string[]): Sql {
  const isWhole = (type: string) => includeLetters.some((letter) => isPlain(rule, type, letter));
  const whole = types.filter(isWhole);
  const partly = types.filter((type) => !isWhole(type));
  return or([
    ...(whole.length > 0 ? [sql`${raw(alias)}.tk = any(${whole.map(typeKey)}::int2[])`] : []),
    ...partly.map((type) => {
      const open = includeLetters.map((letter) => ruleCondition(site, rule, type, letter, alias));
      return sql`(${raw(alias)}.tk = ${typeKey(type)} and ${or(open)})`;
    }),
  ]);
}

/** Backward: rows with a term for one of the matches. */
function pointingAt(row: Row, include: Include, matches: readonly FoundRow[]): Sql[] {
  const { site, rule, type } = row;
  const { source, parameter, target } = include;
  if ((target !== undefined && target !== type) || opening(rule, source, 's').length === 0) return [];
  const far: Row = { ...row, type: source, alias: 'y' };
  const terms = matches.map(({ id }) => site.terms.reference(source, parameter.code, type, id));
  const conditions = [
    sql`y.tk = ${typeKey(source)}`,
    hasAnyTerm(far, terms),
    ruleCondition(site, rule, source, 's', 'y'),
  ];
  return [sql`(select y.rid from ${table(site, 'sx')} y where ${and(conditions)} limit ${2 * maxIncluded + 2})`];
}

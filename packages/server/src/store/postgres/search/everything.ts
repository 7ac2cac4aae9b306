import { compartmentParameters, resourceTypes } from '@chartgate/fhir';
import type { Everything, EverythingPosition } from '../../../access/interaction.ts';
import type { Permitted } from '../../../access/permit.ts';
import type { EverythingPage } from '../../ports.ts';
import { requirePermittedHere } from '../access/permitted-here.ts';
import { ruleCondition } from '../access/rule.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { and, raw, type Sql, sql } from '../database/sql.ts';
import { clinicalDate } from '../index/ordered.ts';
import { typeKey, typeOfKey } from '../index/type-key.ts';
import { storedVersion } from '../index/version-row.ts';
import { exactly } from './exact-check.ts';
import { type FoundRow, foundColumns, includeLetters, isOpened, mayInclude } from './include.ts';

type Permit = Permitted<Everything>;
type Part = EverythingPosition['part'];

/**
 * Everything of one patient, a page at a time: what lies in the patient's compartment, then what that refers to (people,
 * organizations, medications, …), then the Provenance of what lies there. Each part under the rule of each type.
 * Undefined where the patient is not there to see.
 * @see https://hl7.org/fhir/R4/patient-operation-everything.html
 */
export async function everything(
  connection: Connection,
  site: Site,
  permitted: Permit,
): Promise<EverythingPage | undefined> {
  requirePermittedHere(site, permitted);
  if (!(await isVisible(connection, site, permitted))) return undefined;
  const { count, after } = permitted.interaction;
  const found: { part: Part; row: FoundRow }[] = [];
  const parts: readonly Part[] = ['own', 'supporting', 'provenance'];
  for (const part of parts.slice(after ? parts.indexOf(after.part) : 0)) {
    const limit = count + 1 - found.length;
    if (limit <= 0) break;
    const start = after?.part === part ? after.rid : '-1';
    const rows = await connection.query<FoundRow>(statement(site, permitted, part, { start, limit }));
    found.push(...rows.map((row) => ({ part, row })));
  }
  const page = found.slice(0, count).filter(({ row }) => isOpen(site, permitted, row));
  const last = found[count - 1];
  const of = (own: boolean) => page.filter(({ part }) => (part === 'own') === own).map(({ row }) => storedVersion(row));
  return {
    own: of(true),
    related: of(false),
    ...(found.length > count && last ? { next: { part: last.part, rid: last.row.rid } } : {}),
  };
}

/** By the rule for reading: a search under it would tell whether the patient is there. */
async function isVisible(connection: Connection, site: Site, { interaction, rule }: Permit): Promise<boolean> {
  const rows = await connection.query(sql`select 1 from ${table(site, 'sx')} x
    where x.idh = ${site.terms.resource('Patient', interaction.id)} and x.tk = ${typeKey('Patient')}
    and ${ruleCondition(site, rule, 'Patient', 'r', 'x')}`);
  return rows.length > 0;
}

function isOpen(site: Site, { rule }: Permit, row: FoundRow): boolean {
  const checked = { site, type: typeOfKey(row.tk), rule, letters: includeLetters, criteria: [] };
  return exactly(checked, [row]).length > 0;
}

type Window = { readonly start: string; readonly limit: number };

function statement(site: Site, permitted: Permit, part: Part, { start, limit }: Window): Sql {
  const { since } = permitted.interaction;
  const conditions = [
    partCondition(site, permitted, part),
    sql`y.rid > ${start}::int8`,
    ...(since === undefined ? [] : [sql`y.lu >= ${since}::int8`]),
  ];
  return sql`with page as materialized (
      select y.rid from ${table(site, 'sx')} y where ${and(conditions)} order by y.rid limit ${limit}
    )
    select ${foundColumns} from page join ${table(site, 'res')} r on r.rid = page.rid order by r.rid`;
}

function partCondition(site: Site, permitted: Permit, part: Part): Sql {
  switch (part) {
    case 'own':
      return and([ownCondition(site, permitted, 'y', asked(permitted, ownTypes)), care(permitted, 'y')]);
    case 'supporting':
      return and([
        sql`y.idh = any(array(select distinct t.h from ${table(site, 'sx')} x cross join lateral unnest(x.targets) t(h)
          where ${whole(site, permitted)}))`,
        mayInclude({ site, rule: permitted.rule, alias: 'y' }, asked(permitted, supportingTypes)),
      ]);
    case 'provenance': {
      const key = site.terms.parameter('Provenance', 'target');
      return and([
        sql`y.terms && array(select x.idh # ${key}::int8 from ${table(site, 'sx')} x where ${whole(site, permitted)})`,
        sql`not y.terms @> ${[compartment(site, permitted)]}::int8[]`,
        mayInclude({ site, rule: permitted.rule, alias: 'y' }, asked(permitted, ['Provenance'])),
      ]);
    }
    default:
      return part satisfies never;
  }
}

/** All of the patient's own resources that may be seen, whichever types are asked for: others hang on them. */
function whole(site: Site, permitted: Permit): Sql {
  return and([ownCondition(site, permitted, 'x', opened(permitted, ownTypes)), care(permitted, 'x')]);
}

/** Another patient lies in the compartment where the two are linked, and is not meant. */
function ownCondition(site: Site, permitted: Permit, alias: string, types: readonly string[]): Sql {
  const idh = site.terms.resource('Patient', permitted.interaction.id);
  return and([
    sql`(${raw(alias)}.tk <> ${typeKey('Patient')} or ${raw(alias)}.idh = ${idh})`,
    sql`${raw(alias)}.terms @> ${[compartment(site, permitted)]}::int8[]`,
    mayInclude({ site, rule: permitted.rule, alias }, types),
  ]);
}

function compartment(site: Site, { interaction }: Permit): bigint {
  return site.terms.compartment('Patient', interaction.id);
}

const ownTypes = resourceTypes.filter((type) => type === 'Patient' || compartmentParameters(type).length > 0);

/** Other patients are never brought along, nor what gathers many of them. */
const notSupporting: ReadonlySet<string> = new Set(['Patient', 'Group', 'Bundle', 'List', 'AuditEvent', 'Parameters']);
const supportingTypes = resourceTypes.filter((type) => !ownTypes.includes(type) && !notSupporting.has(type));

function asked(permitted: Permit, types: readonly string[]): readonly string[] {
  const wanted = permitted.interaction.types;
  return opened(permitted, wanted ? types.filter((type) => wanted.includes(type)) : types);
}

function opened({ rule }: Permit, types: readonly string[]): readonly string[] {
  return types.filter((type) => isOpened(rule, type));
}

/** A birth date is not when care was given. */
const undated = resourceTypes.filter((type) => clinicalDate(type) === undefined || clinicalDate(type) === 'birthdate');

function care({ interaction }: Permit, alias: string): Sql {
  if (!interaction.care) return raw('true');
  const { lo, hi } = interaction.care;
  const y = raw(alias);
  return sql`(${y}.d_lo is null or (${y}.d_lo < ${bound(hi)} and ${y}.d_hi > ${bound(lo)})
    or ${y}.tk = any(${undated.map(typeKey)}::int2[]))`;
}

/** An open end as the outermost int8. */
function bound(ms: number): Sql {
  if (Number.isFinite(ms)) return sql`${String(Math.round(ms))}::int8`;
  return raw(ms < 0 ? '(-9223372036854775808)::int8' : '9223372036854775807::int8');
}

import { FhirError, type Include, issue, type Letter, type SearchParameter, searchLimits } from '@chartgate/fhir';
import { type AccessRule, opening } from '../../../access/rule.ts';
import { isPlain } from '../access/content-rule.ts';
import { ruleCondition } from '../access/rule.ts';
import { table } from '../database/site.ts';
import { or, raw, type Sql, sql } from '../database/sql.ts';
import { typeKey, typeOfKey } from '../index/type-key.ts';
import type { FoundRow, IncludeScope, Step } from './include.ts';
import { isCanonical } from './points.ts';

/** What may be included: what the rule lets be read or searched. */
export const includeLetters: readonly Letter[] = ['r', 's'];

/** Forward: row ids of what the rows of the step point at. Each statement is under the rule of the types it yields. */
export function broughtForward(scope: IncludeScope, include: Include, { edge }: Step): Sql[] {
  const { source, target } = include;
  const rids = edge.filter(({ tk }) => typeOfKey(tk) === source).map(({ rid }) => rid);
  if (rids.length === 0) return [];
  return byTargets(include.parameters).flatMap((parameters) => {
    const [{ target: all = [] } = {}] = parameters;
    const types = (target === undefined ? all : [target]).filter((type) => isOpened(scope.rule, type));
    const keys = parameters.map(({ code }) => scope.site.terms.parameter(source, code));
    return types.length === 0 ? [] : pointedAt(scope, { rids, keys, types });
  });
}

/** Parameters that may point at the same types share a statement. */
function byTargets(parameters: readonly SearchParameter[]): readonly (readonly SearchParameter[])[] {
  return [...Map.groupBy(parameters, ({ target }) => target.join()).values()];
}

type Pointed = {
  readonly rids: readonly string[];
  readonly keys: readonly bigint[];
  readonly types: readonly string[];
};

function pointedAt(scope: IncludeScope, { rids, keys, types }: Pointed): Sql[] {
  const { site } = scope;
  const sx = table(site, 'sx');
  const local = sql`select y.rid from ${sx} x cross join lateral unnest(x.targets) t(h) join ${sx} y on y.idh = t.h
    where x.rid = any(${rids}::int8[])
    and exists (select from unnest(${keys}::int8[]) k(key) where x.terms @> array[t.h # k.key])
    and ${mayInclude({ ...scope, alias: 'y' }, types)}`;
  const canonical = types.filter((type) => isCanonical(scope, type));
  if (canonical.length === 0) return [local];
  const urls = canonical.map((type) => site.terms.parameter(type, 'url'));
  const byUrl = sql`select y.rid from ${sx} x cross join lateral unnest(x.targets) t(h)
    cross join unnest(${urls}::int8[]) u(key) join ${sx} y on y.terms @> array[t.h # u.key]
    where x.rid = any(${rids}::int8[])
    and exists (select from unnest(${keys}::int8[]) k(key) where x.terms @> array[t.h # k.key])
    and ${mayInclude({ ...scope, alias: 'y' }, canonical)}`;
  return [local, byUrl];
}

export function isOpened(rule: AccessRule, type: string): boolean {
  return includeLetters.some((letter) => opening(rule, type, letter).length > 0);
}

/** The types that are open as a whole share one condition: a reference parameter may point at any type there is. */
export function mayInclude(
  { site, rule, alias }: IncludeScope & { readonly alias: string },
  types: readonly string[],
): Sql {
  const isWhole = (type: string) => includeLetters.some((letter) => isPlain(rule, type, letter));
  const whole = types.filter(isWhole);
  const partly = types.filter((type) => !isWhole(type));
  const y = raw(alias);
  return or([
    ...(whole.length > 0 ? [sql`${y}.tk = any(${whole.map(typeKey)}::int2[])`] : []),
    ...partly.map((type) => {
      const open = includeLetters.map((letter) => ruleCondition(site, rule, type, letter, alias));
      return sql`(${y}.tk = ${typeKey(type)} and ${or(open)})`;
    }),
  ]);
}

/**
 * Backward: row ids of what points at the rows of the step. Sources that are open as a whole share a statement; each
 * other one is under the rule of its own.
 * @throws {FhirError} 400 where more references would be looked for than `searchLimits.includeTerms`
 */
export function broughtBackward(scope: IncludeScope, includes: readonly Include[], step: Step): Sql[] {
  const { rule } = scope;
  const open = includes.filter(({ source }) => opening(rule, source, 's').length > 0);
  const isWhole = ({ source }: Include) => isPlain(rule, source, 's');
  const whole = open.filter(isWhole);
  const asked = [
    ...(whole.length > 0 ? [whole] : []),
    ...open.filter((include) => !isWhole(include)).map((one) => [one]),
  ];
  const count = open.reduce((sum, { parameters }) => sum + parameters.length, 0) * step.edge.length;
  if (count > searchLimits.includeTerms) throw tooManyTerms();
  return asked.flatMap((some) => pointingAt(scope, some, step));
}

function pointingAt(scope: IncludeScope, includes: readonly Include[], { edge, limit }: Step): Sql[] {
  const { site, rule } = scope;
  const sx = table(site, 'sx');
  const sources = [...new Set(includes.map(({ source }) => source))];
  const allowed = or(
    isPlain(rule, sources[0] ?? '', 's')
      ? // The terms find few rows; by an index the type would bring all of its own beside them.
        [sql`y.tk + 0 = any(${sources.map(typeKey)}::int4[])`]
      : sources.map((type) => sql`(y.tk = ${typeKey(type)} and ${ruleCondition(site, rule, type, 's', 'y')})`),
  );
  const terms = includes.flatMap((include) => termsOf(scope, include, edge));
  // Each by itself through the index: of many at once the planner thinks that most rows have one.
  const local = sql`(select distinct y.rid from unnest(${terms}::int8[]) t(h) join ${sx} y on y.terms @> array[t.h]
    where ${allowed} limit ${limit})`;
  const byUrl = [...Map.groupBy(edge, ({ tk }) => typeOfKey(tk))].flatMap(([type, rows]) => {
    const keys = isCanonical(scope, type) ? keysTo(scope, includes, type) : [];
    if (keys.length === 0) return [];
    const url = site.terms.parameter(type, 'url');
    return [
      sql`(select distinct y.rid from ${sx} x cross join lateral unnest(x.targets) t(h) cross join unnest(${keys}::int8[]) k(key)
      join ${sx} y on y.terms @> array[t.h # k.key]
      where x.rid = any(${rows.map(({ rid }) => rid)}::int8[]) and x.terms @> array[t.h # ${url}::int8] and ${allowed}
      limit ${limit})`,
    ];
  });
  return [...(terms.length > 0 ? [local] : []), ...byUrl];
}

/** Terms of which a row that points at one of these by the include has one. */
function termsOf({ site }: IncludeScope, include: Include, edge: readonly FoundRow[]): bigint[] {
  return edge.flatMap(({ tk, id }) => {
    const type = typeOfKey(tk);
    return reaching(include, type).map(({ code }) => site.terms.reference(include.source, code, type, id));
  });
}

function keysTo({ site }: IncludeScope, includes: readonly Include[], type: string): bigint[] {
  return includes.flatMap((include) =>
    reaching(include, type).map(({ code }) => site.terms.parameter(include.source, code)),
  );
}

function reaching({ parameters, target }: Include, type: string): readonly SearchParameter[] {
  if (target !== undefined && target !== type) return [];
  return parameters.filter((parameter) => parameter.target.includes(type));
}

function tooManyTerms(): FhirError {
  const text = `_revinclude would look for more than ${searchLimits.includeTerms} references on this page. `;
  return new FhirError(400, [
    issue('too-costly', `${text}Ask for smaller pages with _count, or name the parameters instead of *.`),
  ]);
}

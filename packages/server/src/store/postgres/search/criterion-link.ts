import type { ChainCriterion, HasCriterion } from '@chartgate/fhir';
import { ruleCondition } from '../access/rule.ts';
import { table } from '../database/site.ts';
import { and, or, raw, type Sql, sql } from '../database/sql.ts';
import { typeKey } from '../index/type-key.ts';
import { criterionCondition, type Row } from './criterion.ts';

/**
 * `subject:Patient.name=x`, forward: some row that this one points at by the parameter meets the criterion. A term for
 * "points at y by the parameter" is `y.idh XOR key`.
 */
export function chainCondition(row: Row, { parameter, targets }: ChainCriterion): Sql {
  const { site, alias, type } = row;
  const key = site.terms.parameter(type, parameter.code);
  const tests = targets.map((target) => {
    const far: Row = { ...row, alias: `${alias}y`, type: target.type };
    const y = raw(far.alias);
    return sql`exists (select from ${table(site, 'sx')} ${y} where ${y}.idh = any(${raw(alias)}.targets)
      and ${raw(alias)}.terms @> array[${y}.idh # ${key}::int8] and ${and(farConditions(far, target.criterion))})`;
  });
  return or(tests);
}

/** `_has:Observation:patient:code=x`, backward: some row whose parameter points at this one meets the criterion. */
export function hasCondition(row: Row, { type, parameter, criterion }: HasCriterion): Sql {
  const { site, alias } = row;
  const key = site.terms.parameter(type, parameter.code);
  const far: Row = { ...row, alias: `${alias}y`, type };
  const y = raw(far.alias);
  return sql`exists (select from ${table(site, 'sx')} ${y}
    where ${y}.terms @> array[${raw(alias)}.idh # ${key}::int8] and ${and(farConditions(far, criterion))})`;
}

/** What holds for a row at the other end: it is there, of the type, open to a search, and meets the criterion. */
export function farConditions(far: Row, criterion: ChainCriterion['targets'][number]['criterion']): Sql[] {
  const { site, rule, type, alias } = far;
  return [
    sql`${raw(alias)}.tk = ${typeKey(type)}`,
    ruleCondition(site, rule, type, 's', alias),
    criterionCondition(far, criterion),
  ];
}

import {
  asContained,
  type ChainCriterion,
  type Criterion,
  containedParameter,
  type HasCriterion,
} from '@chartgate/fhir';
import { isPlain } from '../access/content-rule.ts';
import { ruleCondition } from '../access/rule.ts';
import { table } from '../database/site.ts';
import { and, or, raw, type Sql, sql } from '../database/sql.ts';
import { isOrdered } from '../index/ordered.ts';
import { typeKey } from '../index/type-key.ts';
import { criterionCondition, type Row } from './criterion.ts';
import { hasAnyTerm } from './criterion-term.ts';
import { pointedAtBy, pointingAt } from './points.ts';

/** A row at the other end of a link, and what it must meet there. `isByTerms`: its terms alone tell. */
export type Far = { readonly row: Row; readonly condition: Sql; readonly isByTerms?: boolean };

/** Whether the index of terms finds what meets a criterion. */
export function isByTerms(criterion: Criterion): boolean {
  switch (criterion.kind) {
    case 'token':
      return !criterion.not && isOrdered(criterion.parameter) !== 'kd';
    case 'string':
      return criterion.match === 'exact';
    case 'reference':
    case 'uri':
    case 'of-type':
      return true;
    default:
      return false;
  }
}

/** The row that a link leads to from `row`, under an alias of its own. */
export function farRow(row: Row, type: string): Row {
  return { ...row, alias: `${row.alias}y`, type };
}

/**
 * `subject:Patient.name=x`, forward: some row that this one points at by the parameter meets the criterion, or some
 * resource that it contains.
 */
export function chainCondition(row: Row, criterion: ChainCriterion): Sql {
  const { parameter, targets } = criterion;
  const far = targets.map((target) => farOf(farRow(row, target.type), target.criterion));
  return or([leadsTo(row, parameter.code, far), containedCondition(row, criterion)]);
}

/** The same of contained resources alone: what is searched of them is part of this row. First that there is one. */
export function containedCondition(row: Row, { parameter, targets }: ChainCriterion): Sql {
  const { site, type } = row;
  const tests = targets.flatMap((target) => {
    const criterion = asContained(parameter.code, target.type, target.criterion);
    if (!criterion) return [];
    const is = site.terms.token(type, containedParameter(parameter.code, target.type), { code: target.type });
    return [and([hasAnyTerm(row, [is]), criterionCondition(row, criterion)])];
  });
  return or(tests);
}

/** `_has:Observation:patient:code=x`, backward: some row whose parameter points at this one meets the criterion. */
export function hasCondition(row: Row, { type, parameter, criterion }: HasCriterion): Sql {
  return comesFrom(row, parameter.code, farOf(farRow(row, type), criterion));
}

function farOf(row: Row, criterion: Criterion): Far {
  return { row, condition: criterionCondition(row, criterion), isByTerms: isByTerms(criterion) };
}

/** Forward, where it is known what the far rows must meet: each is of its own type. */
export function leadsTo(row: Row, code: string, far: readonly Far[]): Sql {
  return or(
    far.flatMap((one) =>
      pointedAtBy(row, code, one.row).map(
        ({ from, where }) => sql`exists (select from ${from} where ${and([where, ...farConditions(one)])})`,
      ),
    ),
  );
}

/** Backward, likewise. */
export function comesFrom(row: Row, code: string, far: Far): Sql {
  return or(
    pointingAt(row, code, far.row).map(
      ({ from, where }) => sql`exists (select from ${from} where ${and([where, ...farConditions(far)])})`,
    ),
  );
}

/** What holds for a row at the other end: it is there, of the type, open to a search, and meets what it must. */
export function farConditions({ row, condition, isByTerms }: Far): Sql[] {
  const { site, rule, type, alias } = row;
  // The terms find few rows; by an index the type would bring all of its own beside them. Under a rule that opens a part
  // of the type, that part may be fewer.
  const isAside = isByTerms && isPlain(rule, type, 's');
  const isOfType = sql`${raw(alias)}.tk ${raw(isAside ? '+ 0 ' : '')}= ${typeKey(type)}`;
  return [isOfType, ruleCondition(site, rule, type, 's', alias), condition];
}

/** The far rows themselves, without a look at what leads to them. */
export function farRows({ site, alias }: Row): Sql {
  return sql`${table(site, 'sx')} ${raw(alias)}`;
}

import type { Letter } from '@chartgate/fhir';
import { type AccessGrant, type AccessRule, opening } from '../../../access/rule.ts';
import type { Site } from '../database/site.ts';
import { and, or, raw, type Sql, sql } from '../database/sql.ts';
import { criterionCondition, type Row } from '../search/criterion.ts';
import { isPlain } from './content-rule.ts';

/**
 * The access rule as a condition on `alias`, a row of `sx` that is of `type`: what no line opens is false. Goes into
 * every statement that yields, tests or counts rows, on each alias. A line with a chain or `_has` among its criteria
 * opens nothing: whether a row may be seen is decided by the row itself.
 */
export function ruleCondition(site: Site, rule: AccessRule, type: string, letter: Letter, alias: string): Sql {
  if (isPlain(rule, type, letter)) return raw('true');
  const lines = opening(rule, type, letter).filter(isDecidedByRow);
  return or(lines.map((line) => lineCondition({ site, rule, type, alias }, line)));
}

function isDecidedByRow(line: AccessGrant): boolean {
  return line.criteria.every(({ kind }) => kind !== 'chain' && kind !== 'has');
}

function lineCondition(row: Row, line: AccessGrant): Sql {
  const { site, alias } = row;
  const { compartment } = line;
  return and([
    ...(compartment
      ? [sql`${raw(alias)}.terms @> ${[site.terms.compartment(compartment.type, compartment.id)]}::int8[]`]
      : []),
    ...line.criteria.map((criterion) => criterionCondition(row, criterion)),
  ]);
}

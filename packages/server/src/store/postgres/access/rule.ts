import { attachmentCode, type Letter } from '@chartgate/fhir';
import { type AccessGrant, type AccessRule, denying, isUnconditional, opening } from '../../../access/rule.ts';
import type { Site } from '../database/site.ts';
import { table } from '../database/site.ts';
import { and, or, raw, type Sql, sql } from '../database/sql.ts';
import { typeKey } from '../index/type-key.ts';
import { criterionCondition, type Row } from '../search/criterion.ts';
import { isDecidedByRow } from './content-rule.ts';

/**
 * The access rule as a condition on `alias`, a row of `sx` that is of `type`: what no line opens is false, and so is
 * what a line denies. Goes into every statement that yields, tests or counts rows, on each alias. A line with a chain
 * or `_has` among its criteria opens nothing, and denies all: whether a row may be seen is decided by the row itself.
 */
export function ruleCondition(site: Site, rule: AccessRule, type: string, letter: Letter, alias: string): Sql {
  const row: Row = { site, rule, type, alias };
  const opens = opening(rule, type, letter);
  const open = opens.some(isUnconditional)
    ? raw('true')
    : or(opens.filter(isDecidedByRow).map((line) => lineCondition(row, line)));
  const denies = denying(rule, type, letter);
  if (denies.length === 0) return open;
  const closed = denies.map((line) => (isDecidedByRow(line) ? lineCondition(row, line) : raw('true')));
  return sql`(${open} and not ${or(closed)})`;
}

function lineCondition(row: Row, line: AccessGrant): Sql {
  const { site, alias } = row;
  const { compartment, linkedFrom } = line;
  const terms = compartment?.ids.map((id) => site.terms.compartment(compartment.type, id));
  return and([
    // One term by "@>", for which PostgreSQL estimates best; several by "&&", and none of none.
    ...(terms ? [sql`${raw(alias)}.terms ${raw(terms.length === 1 ? '@>' : '&&')} ${terms}::int8[]`] : []),
    ...line.criteria.map((criterion) => criterionCondition(row, criterion)),
    ...(linkedFrom ? [linkedCondition(row, linkedFrom)] : []),
  ]);
}

/** Some resource of these types that is open to reading links to the row. None of them is a Binary: this ends here. */
function linkedCondition({ site, rule, alias }: Row, types: readonly string[]): Sql {
  const far = `${alias}l`;
  const l = raw(far);
  return or(
    types
      .filter((type) => opening(rule, type, 'r').length > 0)
      .map((type) => {
        const key = site.terms.parameter(type, attachmentCode);
        return sql`exists (select from ${table(site, 'sx')} ${l}
          where ${l}.terms @> array[${raw(alias)}.idh # ${key}::int8] and ${l}.tk = ${typeKey(type)}
          and ${ruleCondition(site, rule, type, 'r', far)})`;
      }),
  );
}

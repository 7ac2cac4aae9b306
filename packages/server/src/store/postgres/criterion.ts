import type { Criterion } from '@chartgate/fhir';
import type { AccessRule } from '../../access/rule.ts';
import type { Site } from './site.ts';
import type { Sql } from './sql.ts';

/** A row of `sx` under test: its alias in the statement, the type it is of, and the rule that holds for all it joins. */
export type Row = { readonly site: Site; readonly rule: AccessRule; readonly type: string; readonly alias: string };

/** A criterion as a condition on a row. Whatever it joins (chains, `_has`) is put under the rule as well. */
export function criterionCondition(_row: Row, _criterion: Criterion): Sql {
  throw new Error('criteria are not compiled yet');
}

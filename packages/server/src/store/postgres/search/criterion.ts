import type { CompartmentCriterion, Criterion, DateValue } from '@chartgate/fhir';
import type { AccessRule } from '../../../access/rule.ts';
import type { Site } from '../database/site.ts';
import { or, raw, type Sql, sql } from '../database/sql.ts';
import { clinicalDate } from '../index/ordered.ts';
import { compositeCondition, nearCondition } from './criterion-composite.ts';
import { chainCondition, hasCondition } from './criterion-link.ts';
import { dateCondition, instantCondition, numberCondition, quantityCondition } from './criterion-range.ts';
import {
  hasAnyTerm,
  ofTypeCondition,
  referenceCondition,
  referenceTerms,
  stringCondition,
  tokenCondition,
  uriCondition,
} from './criterion-term.ts';
import { textCondition, tokenTextCondition } from './criterion-text.ts';

/** A row of `sx` under test: its alias in the statement, the type it is of, and the rule that holds for all it joins. */
export type Row = { readonly site: Site; readonly rule: AccessRule; readonly type: string; readonly alias: string };

/**
 * A criterion as a condition on a row that is known to be of `row.type`. Whatever it joins (chains, `_has`) is put
 * under the rule of its own type as well.
 */
export function criterionCondition(row: Row, criterion: Criterion): Sql {
  switch (criterion.kind) {
    case 'token':
      return tokenCondition(row, criterion);
    case 'reference':
      return referenceCondition(row, criterion);
    case 'string':
      return stringCondition(row, criterion);
    case 'date':
      return dateCondition(row, criterion);
    case 'number':
      return numberCondition(row, criterion);
    case 'quantity':
      return quantityCondition(row, criterion);
    case 'uri':
      return uriCondition(row, criterion);
    case 'token-text':
      return tokenTextCondition(row, criterion);
    case 'of-type':
      return ofTypeCondition(row, criterion);
    case 'composite':
      return compositeCondition(row, criterion);
    case 'near':
      return nearCondition(row, criterion);
    case 'text':
      return textCondition(row, criterion);
    case 'missing':
      return missingCondition(row, criterion.parameter.code, criterion.missing);
    case 'id':
      return idCondition(row, criterion.values);
    case 'lastUpdated':
      return lastUpdatedCondition(row, criterion.values);
    case 'compartment':
      return compartmentCondition(row, criterion);
    case 'chain':
      return chainCondition(row, criterion);
    case 'has':
      return hasCondition(row, criterion);
    default:
      return criterion satisfies never;
  }
}

/** Every resource has an id and a time it was last updated, though neither is a key in `has`. */
function missingCondition(row: Row, code: string, missing: boolean): Sql {
  if (code === '_id' || code === '_lastUpdated') return raw(missing ? 'false' : 'true');
  if (clinicalDate(row.type) === code) return sql`${raw(row.alias)}.d_lo is ${raw(missing ? 'null' : 'not null')}`;
  const held = sql`${raw(row.alias)}.has @> ${[row.site.terms.parameter(row.type, code)]}::int8[]`;
  return missing ? sql`(not ${held})` : held;
}

function idCondition(row: Row, ids: readonly string[]): Sql {
  const hashes = ids.map((id) => row.site.terms.resource(row.type, id));
  return sql`${raw(row.alias)}.idh = any(${hashes}::int8[])`;
}

function compartmentCondition(row: Row, { compartment, parameters, isSelf }: CompartmentCriterion): Sql {
  const { type, id } = compartment;
  const value = { kind: 'local', types: [type], id } as const;
  const terms = parameters.flatMap((parameter) =>
    referenceTerms(row, { kind: 'reference', parameter, values: [value] }),
  );
  const inside = hasAnyTerm(row, terms);
  return isSelf ? sql`(${inside} or ${idCondition(row, [id])})` : inside;
}

function lastUpdatedCondition(row: Row, values: readonly DateValue[]): Sql {
  return or(values.map((value) => instantCondition(raw(`${row.alias}.lu`), value)));
}

import { forbidden, isPlain as isDecidedAlone, type Letter, meets } from '@chartgate/fhir';
import { type AccessGrant, type AccessRule, opening } from '../../../access/rule.ts';
import type { ResourceFacts } from '../index/index-row.ts';

/** A version as the exact check sees it. @property lastUpdated ms since the epoch */
export type VersionFacts = ResourceFacts & { readonly lastUpdated: number };

/** Whether the rule opens `letter` on all resources of the type, whatever they hold. */
export function isPlain(rule: AccessRule, type: string, letter: Letter): boolean {
  return opening(rule, type, letter).some((line) => line.compartment === undefined && line.criteria.length === 0);
}

/** Whether the rule opens `letter` on a resource that holds this: the exact check of what is in hand, beside the SQL. */
export function opens(rule: AccessRule, letter: Letter, facts: VersionFacts): boolean {
  return opening(rule, facts.type, letter).some((line) => isOpenBy(line, facts));
}

/** A line with a chain or `_has` among its criteria opens nothing, as in SQL (see `ruleCondition`). */
function isOpenBy({ compartment, criteria }: AccessGrant, facts: VersionFacts): boolean {
  const inside =
    compartment === undefined ||
    facts.compartments.some((own) => own.type === compartment.type && own.id === compartment.id);
  return inside && criteria.every(isDecidedAlone) && meets(criteria, facts);
}

/** @throws {FhirError} 403 when what is to be written lies outside of what the rule opens */
export function requireOpen(rule: AccessRule, letter: Letter, facts: VersionFacts): void {
  if (opens(rule, letter, facts)) return;
  const { type } = facts;
  throw forbidden(
    `The content of this ${type} lies outside of what the token opens: a scope with "${letter}" on ${type} is there, ` +
      'but limited to a compartment or by a filter that this content does not meet.',
  );
}

import { type Criterion, forbidden, type Letter } from '@chartgate/fhir';
import { type AccessGrant, type AccessRule, opening } from '../../access/rule.ts';
import type { ResourceFacts } from './index-row.ts';

/** Exact check of AND-ed criteria against what a resource holds. */
export type Meets = (criteria: readonly Criterion[], facts: ResourceFacts) => boolean;

/** Whether the rule opens `letter` on all resources of the type, whatever they hold. */
export function isPlain(rule: AccessRule, type: string, letter: Letter): boolean {
  return opening(rule, type, letter).some((line) => line.compartment === undefined && line.criteria.length === 0);
}

/** Whether the rule opens `letter` on a resource that holds this: the exact check of what is in hand, beside the SQL. */
export function opens(rule: AccessRule, letter: Letter, facts: ResourceFacts, meets: Meets): boolean {
  return opening(rule, facts.type, letter).some((line) => isOpenBy(line, facts, meets));
}

function isOpenBy({ compartment, criteria }: AccessGrant, facts: ResourceFacts, meets: Meets): boolean {
  const inside =
    compartment === undefined ||
    facts.compartments.some((own) => own.type === compartment.type && own.id === compartment.id);
  return inside && (criteria.length === 0 || meets(criteria, facts));
}

/** @throws {FhirError} 403 when what is to be written lies outside of what the rule opens */
export function requireOpen(rule: AccessRule, letter: Letter, facts: ResourceFacts, meets: Meets): void {
  if (opens(rule, letter, facts, meets)) return;
  const { type } = facts;
  throw forbidden(
    `The content of this ${type} lies outside of what the token opens: a scope with "${letter}" on ${type} is there, ` +
      'but limited to a compartment or by a filter that this content does not meet.',
  );
}

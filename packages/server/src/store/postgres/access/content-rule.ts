import { forbidden, isPlain as isDecidedAlone, type Letter, meets } from '@chartgate/fhir';
import { type AccessGrant, type AccessRule, denying, isUnconditional, opening } from '../../../access/rule.ts';
import type { ResourceFacts } from '../index/index-row.ts';

/** A version as the exact check sees it. @property lastUpdated ms since the epoch */
export type VersionFacts = ResourceFacts & { readonly lastUpdated: number };

/** Whether the rule opens `letter` on all resources of the type, whatever they hold. */
export function isPlain(rule: AccessRule, type: string, letter: Letter): boolean {
  return opening(rule, type, letter).some(isUnconditional) && denying(rule, type, letter).length === 0;
}

/** Whether the rule opens `letter` on a resource that holds this: the exact check of what is in hand, beside the SQL. */
export function opens(rule: AccessRule, letter: Letter, facts: VersionFacts): boolean {
  const lines = opening(rule, facts.type, letter);
  return lines.some((line) => isOpenBy(line, letter, facts)) && !isDenied(rule, letter, facts);
}

/** A line with a chain or `_has` among its criteria opens nothing, as in SQL (see `ruleCondition`). */
export function isDecidedByRow({ criteria }: AccessGrant): boolean {
  return criteria.every(isDecidedAlone);
}

function isOpenBy(line: AccessGrant, letter: Letter, facts: VersionFacts): boolean {
  return isDecidedByRow(line) && isWithin(line, letter, facts) && meets(line.criteria, facts);
}

const writing: readonly Letter[] = ['c', 'u', 'd'];

/** What is written must lie in no other compartment either: it would change the record of somebody else. */
function isWithin({ compartment }: AccessGrant, letter: Letter, { compartments }: VersionFacts): boolean {
  if (!compartment) return true;
  const isOwn = ({ id }: { readonly id: string }) => compartment.ids.includes(id);
  return compartments.some(isOwn) && (!writing.includes(letter) || compartments.every(isOwn));
}

/** A denial that cannot be decided by the row closes all of the type. */
function isDenied(rule: AccessRule, letter: Letter, facts: VersionFacts): boolean {
  return denying(rule, facts.type, letter).some(
    (line) => !isDecidedByRow(line) || (isWithin(line, 'r', facts) && meets(line.criteria, facts)),
  );
}

/** @throws {FhirError} 403 when what is to be written lies outside of what the rule opens */
export function requireOpen(rule: AccessRule, letter: Letter, facts: VersionFacts): void {
  if (opens(rule, letter, facts)) return;
  const { type } = facts;
  throw forbidden(
    `The content of this ${type} lies outside of what the token opens: a scope with "${letter}" on ${type} is there, ` +
      'but limited to a compartment or by a filter that this content does not meet, or it is in others’ compartments too.',
  );
}

/** Whether writes by this rule may set and take away security labels of what holds this. */
export function mayLabel(rule: AccessRule, letter: Letter, facts: VersionFacts): boolean {
  return opening(rule, facts.type, letter).some((line) => line.labels && isOpenBy(line, letter, facts));
}

/** The same for all resources of the type. */
export function mayLabelAll(rule: AccessRule, type: string, letter: Letter): boolean {
  return opening(rule, type, letter).some((line) => line.labels && isUnconditional(line));
}

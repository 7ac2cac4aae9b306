import type { Letter } from '@chartgate/fhir';
import type { Grant } from './grant.ts';
import type { Interaction } from './interaction.ts';
import { type AccessRule, opening } from './rule.ts';

declare const brand: unique symbol;

/**
 * An interaction that access control has let through, with the rule under which it runs. `interaction/`, `operation/`
 * and `store/` take nothing else; only this file makes one. The store turns the rule into SQL on every table it touches.
 */
export type Permitted<I extends Interaction = Interaction> = {
  readonly interaction: I;
  readonly rule: AccessRule;
  readonly site: string;
  readonly [brand]: true;
};

/** A refusal is a value. `needed` is a scope that would have opened it, such as `system/Patient.r`. */
export type Denied = { readonly denied: true; readonly needed: string };

const issued = new WeakSet<object>();

/** The letter that each interaction needs on its type. A create by PUT needs `c` as well: see `store`'s write. */
const letterOf = {
  read: 'r',
  vread: 'r',
  'history-instance': 'r',
  'history-type': 'r',
  'history-system': 'r',
  'search-type': 's',
  create: 'c',
  update: 'u',
  patch: 'u',
  delete: 'd',
  everything: 'r',
  'last-of-each': 's',
  relabel: 'u',
} satisfies Record<Interaction['code'], Letter>;

/** The only way to a `Permitted`: the grant's rule must open the interaction's letter on its type. */
export function permit<I extends Interaction>(grant: Grant, interaction: I): Permitted<I> | Denied {
  const rule = ruleOf(grant);
  const letter = letterOf[interaction.code];
  if (!isOpen(rule, interaction, letter)) {
    return { denied: true, needed: `system/${'type' in interaction ? interaction.type : '*'}.${letter}` };
  }
  const permitted = Object.freeze({ interaction: deepFreeze(interaction), rule, site: grant.site });
  issued.add(permitted);
  return permitted as Permitted<I>;
}

/** What is of no one type is open where anything is: the store shows of each type what the rule opens of it. */
function isOpen(rule: AccessRule, interaction: Interaction, letter: Letter): boolean {
  if ('type' in interaction) return opening(rule, interaction.type, letter).length > 0;
  return rule.opens.some(({ letters }) => letters.includes(letter));
}

/** Throws unless `permitted` came from `permit`. Called wherever the store takes one in. */
export function requirePermitted(permitted: Permitted): void {
  if (!issued.has(permitted)) throw new TypeError('Not a permit: only access/permit.ts makes one');
}

export function isDenied(answer: Permitted | Denied): answer is Denied {
  return 'denied' in answer;
}

/** The access rule that a grant stands for. Only `system/` scopes open records so far; everything else opens nothing. */
function ruleOf(grant: Grant): AccessRule {
  const opens = grant.scopes.flatMap((scope) =>
    scope.kind === 'resource' && scope.context === 'system'
      ? [{ type: scope.type, letters: scope.letters, criteria: scope.criteria }]
      : [],
  );
  return deepFreeze({ opens });
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}

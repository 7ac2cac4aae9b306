import type { Letter } from '@chartgate/fhir';
import { emergencyRefusal } from './break-glass.ts';
import type { Grant } from './grant.ts';
import type { Interaction } from './interaction.ts';
import { canOpen } from './line.ts';
import { type AccessRule, opening } from './rule.ts';
import { ruleOf } from './rule-of.ts';

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

/**
 * A refusal is a value. `needed` is a scope that would have opened it, such as `system/Patient.r`; `why` says what else
 * stands in the way, where it is not the scopes.
 */
export type Denied = { readonly denied: true; readonly needed: string; readonly why?: string };

const issued = new WeakSet<object>();

/** The letter that each interaction needs on its type. A create by PUT needs `c` as well: see `store`'s write. */
const letterOf = {
  read: 'r',
  vread: 'r',
  'history-instance': 'r',
  'search-type': 's',
  create: 'c',
  update: 'u',
  delete: 'd',
  everything: 'r',
  'last-of-each': 's',
  relabel: 'u',
} satisfies Record<Interaction['code'], Letter>;

/** The only way to a `Permitted`: the grant's rule must open the interaction's letter on its type. */
export function permit<I extends Interaction>(grant: Grant, interaction: I): Permitted<I> | Denied {
  const rule = ruleFor(grant);
  const letter = letterOf[interaction.code];
  const why = emergencyRefusal(grant, Date.now());
  if (why !== undefined || opening(rule, interaction.type, letter).length === 0) {
    return {
      denied: true,
      needed: neededScope(grant, interaction.type, letter),
      ...(why === undefined ? {} : { why }),
    };
  }
  const permitted = Object.freeze({ interaction: deepFreeze(interaction), rule, site: grant.site });
  issued.add(permitted);
  return permitted as Permitted<I>;
}

/** Throws unless `permitted` came from `permit`. Called wherever the store takes one in. */
export function requirePermitted(permitted: Permitted): void {
  if (!issued.has(permitted)) throw new TypeError('Not a permit: only access/permit.ts makes one');
}

export function isDenied(answer: Permitted | Denied): answer is Denied {
  return 'denied' in answer;
}

const rules = new WeakMap<Grant, AccessRule>();

/** Made once for a grant: a bundle asks for hundreds of permits. */
function ruleFor(grant: Grant): AccessRule {
  const known = rules.get(grant);
  if (known) return known;
  const rule = deepFreeze(ruleOf(grant));
  rules.set(grant, rule);
  return rule;
}

/** In the context that the grant is about, unless only `system/` scopes open the type so. */
function neededScope({ patient, user }: Grant, type: string, letter: Letter): string {
  const context = user ? 'user' : patient === undefined ? 'system' : 'patient';
  return `${canOpen(context, type, letter) ? context : 'system'}/${type}.${letter}`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
  return value;
}

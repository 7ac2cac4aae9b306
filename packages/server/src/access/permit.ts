import { type Letter, resourceTypes } from '@chartgate/fhir';
import { emergencyRefusal } from './break-glass.ts';
import type { Grant } from './grant.ts';
import type { Interaction } from './interaction.ts';
import { canOpen } from './line.ts';
import { type AccessRule, denying, opening } from './rule.ts';
import { ruleOf } from './rule-of.ts';
import { touchedTypes } from './touched.ts';

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
  // SMART counts the histories of a type and of the system among the searches
  'history-type': 's',
  'history-system': 's',
  'search-type': 's',
  'search-system': 's',
  explain: 's',
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
  const rule = ruleFor(grant);
  const letter = letterOf[interaction.code];
  const emergency = emergencyRefusal(grant, Date.now());
  const closed = closedType(rule, interaction, letter) ?? hiddenType(grant, rule, interaction);
  const why =
    emergency ?? (interaction.code === 'explain' && closed !== undefined ? partDenied(rule, closed) : undefined);
  if (why !== undefined || closed !== undefined) {
    const type = closed ?? ('type' in interaction ? interaction.type : '*');
    return { denied: true, needed: neededScope(grant, type, letter), ...(why === undefined ? {} : { why }) };
  }
  const permitted = Object.freeze({ interaction: deepFreeze(interaction), rule, site: grant.site });
  issued.add(permitted);
  return permitted as Permitted<I>;
}

/**
 * A type that the interaction needs open and is not. A search of the system that names its types needs each of them;
 * one that names none, and the history of the system, is about what is open, and needs anything to be: which types are
 * left out follows from the scopes alone, so that it tells nothing of what is stored.
 */
function closedType(rule: AccessRule, interaction: Interaction, letter: Letter): string | undefined {
  const isClosed = (type: string) => opening(rule, type, letter).length === 0;
  if (interaction.code === 'history-system') return resourceTypes.every(isClosed) ? '*' : undefined;
  if (interaction.code !== 'search-system') return isClosed(interaction.type) ? interaction.type : undefined;
  const types = interaction.query.parts.map(({ type }) => type);
  if (interaction.isNamed) return types.find(isClosed);
  return types.every(isClosed) ? '*' : undefined;
}

/**
 * How a search is done tells how many rows there are, hidden ones too: it is for those alone to whom a `system/` scope
 * opens its type as a whole, and hides nothing of another type that it looks at. (What is not open at all it leaves out.)
 * A denial hides a part whatever the scopes open.
 */
function hiddenType(grant: Grant, rule: AccessRule, interaction: Interaction): string | undefined {
  if (interaction.code !== 'explain') return undefined;
  const isWhole = (type: string) =>
    grant.scopes.some(
      (scope) =>
        scope.kind === 'resource' &&
        scope.context === 'system' &&
        (scope.type === '*' || scope.type === type) &&
        scope.letters.includes('s') &&
        scope.criteria.length === 0,
    );
  const isPartly = (type: string) => opening(rule, type, 's').length + opening(rule, type, 'r').length > 0;
  const isHidden = (type: string) =>
    (!isWhole(type) && (type === interaction.type || isPartly(type))) || partDenied(rule, type) !== undefined;
  return [...touchedTypes(interaction.query)].find(isHidden);
}

/** Why no scope helps, where something is open of the type and a denial closes a part of it. */
function partDenied(rule: AccessRule, type: string): string | undefined {
  const isOpen = opening(rule, type, 's').length + opening(rule, type, 'r').length > 0;
  const isDenied = denying(rule, type, 's').length + denying(rule, type, 'r').length > 0;
  if (!isOpen || !isDenied) return undefined;
  return `A part of ${type} is denied to this token, so that the number of its rows is not told. Search without $explain.`;
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

/** All but what is in the resource of a write, which may be large: the store asks the rule anew about what it stores. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const [name, member] of Object.entries(value)) {
    if (name === 'content') Object.freeze(member);
    else deepFreeze(member);
  }
  return value;
}

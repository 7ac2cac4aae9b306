import { isPrimitive } from '../../definitions/type.ts';
import { checkBinding } from './binding.ts';
import { innerResource } from './inner-resource.ts';
import { checkInvariants } from './invariant.ts';
import { childItems, type Item, isResourceItem, placeOf } from './item.ts';
import type { ElementRules, Profile, TypeRules } from './rules.ts';
import { checkSlices } from './slices.ts';
import { checkTarget } from './target.ts';
import { checkValue } from './value.ts';

/** Checks a value against a profile, once for each value. */
export function checkAgainst(profile: Profile, item: Item): void {
  const { run } = item.scope;
  if (!run.begins(item, profile)) return;
  if (isConstrainedBy(profile.type, item)) {
    checkItem(profile.root, item);
    return;
  }
  const text = `${profile.canonical} is a profile of ${profile.type}, and this is of type ${item.type}.`;
  run.add({ severity: 'error', code: 'structure', text, at: item });
}

/** Checks one value against the rules of its element. */
export function checkItem(rules: ElementRules, item: Item): void {
  if (!item.scope.run.spend(item)) return;
  const type = typeOf(rules, item);
  if (type === 'none') {
    refuseType(rules, item);
    return;
  }
  checkValue(rules, item);
  checkBinding(rules, item);
  // The type's own rules come first, so that each rule is told with where it comes from.
  checkType(item);
  checkContentReference(rules, item);
  checkInvariants(rules, item);
  for (const child of rules.children) checkElement(child, item);
  if (!type) return;
  if (type.targets.length > 0 || type.aggregation.length > 0) checkTarget(type, rules, item);
  if (type.profiles.length > 0) checkProfiles(type.profiles, rules, item);
}

/** The entry of `ElementDefinition.type` that fits; undefined where there are none at all, as at the root. */
function typeOf({ types }: ElementRules, item: Item): TypeRules | 'none' | undefined {
  if (types.length === 0) return undefined;
  const fitting = types.filter(({ code }) => isOfType(code, item));
  if (fitting.length < 2) return fitting[0] ?? 'none';
  // R4 allows a type to be listed once; tools that list it again mean all of its profiles and targets.
  return {
    ...fitting[0]!,
    profiles: fitting.flatMap(({ profiles }) => profiles),
    targets: fitting.flatMap(({ targets }) => targets),
  };
}

const abstract: ReadonlySet<string> = new Set(['Resource', 'DomainResource']);
const inPlace: ReadonlySet<string> = new Set(['BackboneElement', 'Element']);

function isOfType(code: string, item: Item): boolean {
  if (code === item.type || code.startsWith('http://hl7.org/fhirpath/')) return true;
  if (abstract.has(code)) return isResourceItem(item);
  return inPlace.has(code) && item.type.includes('.');
}

/** Whether a profile of a type says something of an item; Age and Duration are Quantities too. */
function isConstrainedBy(type: string, item: Item): boolean {
  return isOfType(type, item) || type === 'Element' || (type === 'Quantity' && quantities.has(item.type));
}

const quantities: ReadonlySet<string> = new Set(['Age', 'Count', 'Distance', 'Duration', 'MoneyQuantity']);

function refuseType({ types, profile, id }: ElementRules, item: Item): void {
  const allowed = [...new Set(types.map(({ code }) => code))].join(', ');
  const text = `${id} is of type ${allowed} in ${profile}.`;
  item.scope.run.add({ severity: 'error', code: 'structure', text, at: item });
}

/** The rules that the type itself has, as those of Period. Resources inside of others are checked for themselves. */
function checkType(item: Item): void {
  if (isPrimitive(item.type) || item.type.includes('.') || isResourceItem(item)) return;
  const profile = item.scope.run.profiles.ofType(item.type);
  if (profile) checkAgainst(profile, item);
}

/** An element that has the content of another, as Questionnaire.item.item. */
function checkContentReference({ contentReference, profile }: ElementRules, item: Item): void {
  if (contentReference === undefined) return;
  const { profiles } = item.scope.run;
  const [url = '', id = ''] = contentReference.split('#');
  const found = profiles.find(url === '' ? profile : url);
  const rules = typeof found === 'string' ? undefined : found.elements.get(id);
  if (!rules || !item.scope.run.begins(item, rules)) return;
  checkInvariants(rules, item);
  for (const child of rules.children) checkElement(child, item);
}

/** Checks all values of an element inside of an item: how many there are, each by itself, and the slices. */
export function checkElement(rules: ElementRules, parent: Item): void {
  // `value` of a primitive is the primitive itself.
  if (isPrimitive(parent.type) && rules.name === 'value') return;
  if (!parent.scope.run.spend(parent)) return;
  const items = childItems(parent, rules.name);
  if (items.length === 0 && rules.min === 0 && !rules.slicing) return;
  checkCount(rules, items.length, parent);
  for (const item of items) {
    checkItem(rules, isResourceItem(item) ? innerResource(item) : item);
  }
  if (rules.slicing) checkSlices(rules, items, parent);
}

/** @param count values of the element or slice inside of `parent` */
export function checkCount(rules: ElementRules, count: number, parent: Item): void {
  const { min, max, profile, id, name } = rules;
  if (count >= min && count <= max) return;
  const isTooFew = count < min;
  const text = `${id} is there ${count} times; ${profile} asks for ${isTooFew ? `at least ${min}` : `at most ${max}`}.`;
  const code = isTooFew ? 'required' : 'structure';
  parent.scope.run.add({ severity: 'error', code, text, at: `${placeOf(parent)}.${name}` });
}

/** "If several profiles are listed, the value conforms to at least one of them." */
function checkProfiles(canonicals: readonly string[], rules: ElementRules, item: Item): void {
  const { run } = item.scope;
  const found = canonicals.map((canonical) => run.profiles.beside(canonical, rules.profile));
  const profiles = found.filter((profile) => typeof profile !== 'string');
  if (profiles.length < canonicals.length) {
    const text = `${rules.profile} names a profile for ${rules.id} that is not known here, so that it was not checked.`;
    run.add({ severity: 'warning', code: 'not-found', text, at: item });
  }
  if (profiles.length === 1 && canonicals.length === 1) checkAgainst(profiles[0]!, item);
  else if (profiles.length === canonicals.length) {
    if (profiles.some((profile) => run.trial(() => checkAgainst(profile, item)))) return;
    const text = `This conforms to none of the profiles that ${rules.profile} allows here: ${canonicals.join(', ')}.`;
    run.add({ severity: 'error', code: 'structure', text, at: item });
  }
}

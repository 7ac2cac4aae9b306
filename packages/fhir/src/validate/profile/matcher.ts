import { isMemberOf } from './binding.ts';
import { conformsTo } from './evaluate.ts';
import { followPath } from './follow-path.ts';
import type { Item } from './item.ts';
import { type Profiles, typeOfCanonical } from './profiles.ts';
import { targetOf } from './reference-target.ts';
import type { Discriminator, ElementRules, Step } from './rules.ts';
import { type FoundRules, rulesAt } from './rules-at.ts';
import { hasPattern, isEqual } from './value.ts';

/** Whether a value is of a slice. */
export type Matcher = (item: Item) => boolean;

const matchers = new WeakMap<ElementRules, { readonly matcher: Matcher | undefined }>();

/**
 * What tells the values of a slice: all discriminators of the slicing, each by what the slice says at its path.
 * @param rules the element that is sliced
 * @returns undefined where the slice says nothing at any of the paths
 * @see https://hl7.org/fhir/R4/profiling.html#discriminator
 */
export function matcherOf(rules: ElementRules, slice: ElementRules, profiles: Profiles): Matcher | undefined {
  const known = matchers.get(slice);
  if (known) return known.matcher;
  const criteria = (rules.slicing?.discriminators ?? [])
    .map((discriminator) => criterionOf(discriminator, slice, profiles))
    .filter((criterion) => criterion !== undefined);
  const matcher = criteria.length === 0 ? undefined : (item: Item) => criteria.every((meets) => meets(item));
  matchers.set(slice, { matcher });
  return matcher;
}

function criterionOf({ kind, path }: Discriminator, slice: ElementRules, profiles: Profiles): Matcher | undefined {
  if (!path) return undefined;
  const found = rulesAt(slice, path, profiles);
  switch (kind) {
    case 'value': {
      const meets = (found && valueTest(found.rules, profiles)) ?? urlTest(path, slice);
      return meets && ((item) => followPath(item, path).some(meets));
    }
    case 'exists': {
      if (!found || (found.rules.min === 0 && found.rules.max > 0)) return undefined;
      const isThere = found.rules.max > 0;
      return (item) => followPath(item, path).length > 0 === isThere;
    }
    case 'type': {
      const types = found ? typesOf(found, profiles) : undefined;
      // A reference tells the type of its target even where that is not at hand.
      const before = found?.isTarget ? path.slice(0, -1) : path;
      const typeOf = (item: Item) => (found?.isTarget ? targetOf(item)?.type : item.type);
      return types && ((item) => followPath(item, before).some((one) => types.has(typeOf(one) ?? '')));
    }
    case 'profile': {
      const canonicals = found ? canonicalsOf(found) : [];
      const conforms = (item: Item) => canonicals.some((canonical) => conformsTo(canonical, item) !== false);
      return canonicals.length === 0 ? undefined : (item) => followPath(item, path).some(conforms);
    }
    default:
      return kind satisfies never;
  }
}

/** An extension whose definition is not at hand is told by the URL that the slice names it by. */
function urlTest(path: readonly Step[], { types }: ElementRules): Matcher | undefined {
  const [step, ...more] = path;
  const urls = new Set(types.flatMap(({ code, profiles }) => (code === 'Extension' ? profiles : [])).map(urlOf));
  if (step?.kind !== 'member' || step.name !== 'url' || more.length > 0 || urls.size === 0) return undefined;
  return ({ value }) => urls.has(String(value));
}

function urlOf(canonical: string): string {
  return canonical.split('|')[0]!;
}

/** How deep a value may be told by what is inside of it. */
const maxDepth = 5;

/** What a value must be: fixed, pattern, of a value set, or told by its parts; undefined where nothing is said. */
function valueTest(rules: ElementRules, profiles: Profiles, depth = 0): Matcher | undefined {
  const { fixed, pattern, binding } = rules;
  if (fixed !== undefined) return ({ value }) => isEqual(fixed, value);
  if (pattern !== undefined) return ({ value }) => hasPattern(pattern, value);
  const parts = depth < maxDepth ? partTests(rules, profiles, depth) : [];
  if (parts.length > 0)
    return (item) => parts.every(({ name, meets }) => followPath(item, [{ kind: 'member', name }]).some(meets));
  if (binding?.strength !== 'required') return undefined;
  // What cannot be told is not taken from a slice: the binding says nothing of it either.
  return (item) => isMemberOf(binding.valueSet, item, item.scope.run.context.conformance.terminology) !== false;
}

function partTests(rules: ElementRules, profiles: Profiles, depth: number) {
  const parts = rules.children.length > 0 ? rules.children : profileChildren(rules, profiles);
  return parts.flatMap((child) => {
    const meets = child.max === 0 ? undefined : valueTest(child, profiles, depth + 1);
    return meets && child.min > 0 ? [{ name: child.name, meets }] : [];
  });
}

function profileChildren({ types, profile }: ElementRules, profiles: Profiles): readonly ElementRules[] {
  const canonical = types.length === 1 && types[0]?.profiles.length === 1 ? types[0].profiles[0] : undefined;
  const found = canonical === undefined ? undefined : profiles.beside(canonical, profile);
  return found === undefined || typeof found === 'string' ? [] : found.root.children;
}

function typesOf({ rules, isTarget }: FoundRules, profiles: Profiles): ReadonlySet<string> | undefined {
  if (!isTarget) return rules.types.length > 0 ? new Set(rules.types.map(({ code }) => code)) : undefined;
  const types = rules.types
    .flatMap(({ targets }) => targets)
    .map((canonical) => {
      const profile = profiles.beside(canonical, rules.profile);
      return typeof profile === 'string' ? typeOfCanonical(canonical) : profile.type;
    });
  return new Set(types.filter((type) => type !== undefined));
}

function canonicalsOf({ rules, isTarget }: FoundRules): readonly string[] {
  return rules.types.flatMap(({ targets, profiles }) => (isTarget ? targets : profiles));
}

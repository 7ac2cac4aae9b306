import type { Profiles } from './profiles.ts';
import type { ElementRules, Profile, Step, TypeRules } from './rules.ts';

/** What a slice says at a path. After `resolve()` the rules are those of the reference, and its targets are meant. */
export type FoundRules = { readonly rules: ElementRules; readonly isTarget: boolean };

/** Follows a discriminator's path through the rules of a slice, into the types' own definitions where it says nothing itself. */
export function rulesAt(slice: ElementRules, path: readonly Step[], profiles: Profiles): FoundRules | undefined {
  let found: FoundRules | undefined = { rules: slice, isTarget: false };
  for (const step of path) found = found && follow(found, step, profiles);
  return found;
}

function follow(found: FoundRules, step: Step, profiles: Profiles): FoundRules | undefined {
  const { rules } = found;
  switch (step.kind) {
    case 'member':
      return here(childRules(found, step.name, profiles));
    case 'extension':
      return here(extensionRules(childRules(found, 'extension', profiles), step.url, profiles));
    case 'ofType':
      return here(rules.slicing?.slices.find(({ types }) => types.some(({ code }) => code === step.type)) ?? rules);
    case 'resolve':
      return { rules, isTarget: true };
    default:
      return step satisfies never;
  }
}

function here(rules: ElementRules | undefined): FoundRules | undefined {
  return rules && { rules, isTarget: false };
}

/** An element inside: as the snapshot spells it out, or by the profile or type of what it is inside of. */
function childRules(found: FoundRules, name: string, profiles: Profiles): ElementRules | undefined {
  const { rules, isTarget } = found;
  if (!isTarget && rules.children.length > 0) return named(rules.children, name);
  for (const type of rules.types) {
    for (const canonical of isTarget ? type.targets : canonicalsOf(type)) {
      const profile = profiles.beside(canonical, rules.profile);
      const child = typeof profile === 'string' ? undefined : named(profile.root.children, name);
      if (child) return child;
    }
  }
  return undefined;
}

function canonicalsOf({ code, profiles }: TypeRules): readonly string[] {
  return profiles.length > 0 ? profiles : [`http://hl7.org/fhir/StructureDefinition/${code}`];
}

function named(children: Profile['root']['children'], name: string): ElementRules | undefined {
  return children.find((child) => child.name === name);
}

/** The slice of the extensions with a URL. */
function extensionRules(rules: ElementRules | undefined, url: string, profiles: Profiles): ElementRules | undefined {
  return rules?.slicing?.slices.find(
    (slice) =>
      slice.types.some((type) => type.profiles.some((canonical) => canonical.split('|')[0] === url)) ||
      childRules({ rules: slice, isTarget: false }, 'url', profiles)?.fixed === url,
  );
}

import { isResourceType } from '../../definitions/type.ts';
import type { Issue } from '../../outcome/outcome.ts';
import { isTooDeep } from '../depth.ts';
import { validate } from '../validate.ts';
import { checkAgainst } from './check.ts';
import { Findings } from './findings.ts';
import { inspect } from './inspect.ts';
import { type Item, objectOf, placeOf } from './item.ts';
import { type FoundProfile, profilesOf } from './profiles.ts';
import { resourceItem } from './reference-target.ts';
import { profileLimits, Run, type ValidationContext } from './run.ts';

/**
 * Checks a resource against the definition of its type, the profiles it claims in `meta.profile` and those that are
 * asked for: cardinality, types, values, bindings, invariants, references, slices, extensions, contained resources and
 * entries. Resources inside of it are checked by their own types and claims.
 * @param profiles canonicals that the resource must meet beside those that it claims
 * @returns errors first; their texts name rules and profiles, never a value of the resource
 * @see https://hl7.org/fhir/R4/validation.html
 */
export function validateProfiles(
  resource: unknown,
  context: ValidationContext,
  profiles: readonly string[] = [],
): readonly Issue[] {
  const structure = validate(resource);
  // What lies too deep is refused by the check of the structure.
  const findings = new Findings(structure);
  const type = objectOf(resource)?.resourceType;
  if (typeof type !== 'string' || !isResourceType(type) || isTooDeep(resource)) return structure;
  const run = new Run(context, profilesOf(context.conformance.canonicals), findings);
  const root = resourceItem(resource as { readonly resourceType: string }, { run });
  for (const item of inspect(root)) {
    checkBase(item);
    checkClaims(item);
  }
  for (const canonical of profiles) checkAsked(canonical, root);
  return findings.issues;
}

function checkBase(item: Item): void {
  const profile = item.scope.run.profiles.ofType(item.type);
  if (profile) {
    checkAgainst(profile, item);
    return;
  }
  const text = `The definition of ${item.type} is not at hand, so that its invariants were not checked.`;
  item.scope.run.add({ severity: 'information', code: 'incomplete', text, at: item });
}

/** @see https://hl7.org/fhir/R4/resource.html#Meta */
function checkClaims(item: Item): void {
  const { run } = item.scope;
  const claimed = objectOf(objectOf(item.value)?.meta)?.profile;
  const canonicals = Array.isArray(claimed) ? claimed.filter((one) => typeof one === 'string') : [];
  if (canonicals.length > profileLimits.profilesOfResource) {
    const text = `A resource may claim at most ${profileLimits.profilesOfResource} profiles.`;
    run.add({ severity: 'error', code: 'too-costly', text, at: item });
    return;
  }
  for (const [index, canonical] of canonicals.entries()) {
    const profile = run.profiles.find(canonical);
    const at = `${placeOf(item)}.meta.profile[${index}]`;
    if (typeof profile !== 'string') checkAgainst(profile, item);
    else run.add({ severity: 'warning', code: 'not-found', text: notChecked(profile), at });
  }
}

function checkAsked(canonical: string, root: Item): void {
  const profile = root.scope.run.profiles.find(canonical);
  if (typeof profile !== 'string') {
    checkAgainst(profile, root);
    return;
  }
  const text = `The resource was not validated against the profile that was asked for. ${notChecked(profile)}`;
  root.scope.run.add({ severity: 'error', code: 'not-found', text, at: root });
}

function notChecked(why: Extract<FoundProfile, string>): string {
  return why === 'unknown'
    ? 'This profile is not known here, so that it was not checked. Install the package that has it.'
    : 'This profile has no snapshot, nor could one be made, so that it was not checked. Its base must be known here.';
}

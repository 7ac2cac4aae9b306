import { isResourceType } from '../../definitions/type.ts';
import { checkAgainst } from './check.ts';
import { type Item, objectOf } from './item.ts';
import { typeOfCanonical } from './profiles.ts';
import { type ReferenceTarget, referenceText, targetOf } from './reference-target.ts';
import type { ElementRules, Profile, TypeRules } from './rules.ts';

/**
 * Checks what a reference points at: the type of its target, its profile where the target is at hand, whether it may
 * lie where it does and be of any version.
 * @see https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.type.targetProfile
 */
export function checkTarget(type: TypeRules, rules: ElementRules, item: Item): void {
  // A canonical names its target by URL, whose type shows only where the resource is at hand.
  if (type.code !== 'Reference') return;
  const target = targetOf(item) ?? statedTarget(item);
  if (!target) return;
  if (target.place !== 'referenced' || target.item || referenceText(item)) checkAggregation(type, rules, item, target);
  checkVersioning(type, rules, item);
  if (target.type !== undefined && type.targets.length > 0) checkTargets(type.targets, rules, item, target);
}

/** A reference by identifier may state its type. */
function statedTarget(item: Item): ReferenceTarget | undefined {
  const type = objectOf(item.value)?.type;
  return typeof type === 'string' && isResourceType(type) ? { place: 'referenced', type, item: undefined } : undefined;
}

function checkAggregation({ aggregation }: TypeRules, rules: ElementRules, item: Item, target: ReferenceTarget): void {
  // "Referenced: the reference points to a resource anywhere, which may be in the same bundle."
  const isAllowed =
    aggregation.includes(target.place) || (target.place === 'bundled' && aggregation.includes('referenced'));
  if (aggregation.length === 0 || isAllowed) return;
  refuse(rules, item, `The target is ${target.place}; it may be ${aggregation.join(' or ')}`);
}

function checkVersioning({ versioning }: TypeRules, rules: ElementRules, item: Item): void {
  const isSpecific = referenceText(item)?.includes('/_history/') === true;
  if (versioning === 'specific' && !isSpecific) refuse(rules, item, 'The reference must name a version');
  if (versioning === 'independent' && isSpecific) refuse(rules, item, 'The reference may not name a version');
}

function checkTargets(targets: readonly string[], rules: ElementRules, item: Item, target: ReferenceTarget): void {
  const { run } = item.scope;
  const candidates: Profile[] = [];
  for (const canonical of targets) {
    const ofR4 = typeOfCanonical(canonical);
    if (ofR4 === 'Resource' || ofR4 === 'DomainResource' || ofR4 === target.type) return;
    if (ofR4 !== undefined && isResourceType(ofR4)) continue;
    const profile = run.profiles.beside(canonical, rules.profile);
    // What is not known cannot be judged.
    if (typeof profile === 'string') return;
    if (profile.type === target.type) candidates.push(profile);
  }
  if (candidates.length === 0) {
    const names = targets.map((canonical) => typeOfCanonical(canonical) ?? canonical).join(', ');
    refuse(rules, item, `The target is of type ${target.type}; it may be: ${names}`);
    return;
  }
  const resource = target.item;
  if (!resource || candidates.some((profile) => run.trial(() => checkAgainst(profile, resource)))) return;
  const names = candidates.map(({ canonical }) => canonical).join(', ');
  refuse(rules, item, `The target conforms to none of the profiles it may have: ${names}`);
}

function refuse({ id, profile }: ElementRules, item: Item, what: string): void {
  item.scope.run.add({ severity: 'error', code: 'structure', text: `${what} (${id} in ${profile}).`, at: item });
}

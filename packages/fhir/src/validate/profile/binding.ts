import type { Coding, Terminology } from '../../terminology/terminology.ts';
import { type Item, objectOf } from './item.ts';
import type { BindingRules, ElementRules } from './rules.ts';

/** Checks the code or codes of an element against the value set it is bound to; says nothing where it cannot be told. */
export function checkBinding(rules: ElementRules, item: Item): void {
  const { binding, profile } = rules;
  if (!binding) return;
  if (item.value === undefined) {
    noCode(rules, item);
    return;
  }
  const { run } = item.scope;
  const { terminology } = run.context.conformance;
  for (const [valueSet, isRequired] of demands(binding)) {
    // Once for a value, however many profiles repeat the binding.
    if (!run.begins(item, `${valueSet.split('|')[0]} ${isRequired}`)) continue;
    // "If no code fits, text alone may be given": only a required binding asks for a code in any case.
    if ((!isRequired && !hasCode(item)) || isMemberOf(valueSet, item, terminology) !== false) continue;
    const text = isRequired
      ? `None of the codes is of the value set ${valueSet}, which ${profile} requires.`
      : `None of the codes is of the value set ${valueSet}. ${profile} asks for one of it, unless none fits.`;
    run.add({ severity: isRequired ? 'error' : 'warning', code: 'code-invalid', text, at: item });
  }
}

/** Extensions alone are no code: where a code must be of a value set, one that says so must be there. */
function noCode({ binding, profile }: ElementRules, item: Item): void {
  if (item.type !== 'code' || binding?.strength !== 'required') return;
  const text = `No code is there, and ${profile} requires one of the value set ${binding.valueSet}.`;
  item.scope.run.add({ severity: 'error', code: 'code-invalid', text, at: item });
}

function hasCode({ type, value }: Item): boolean {
  return (codingsOf(type, value)?.length ?? 0) > 0;
}

function demands({ strength, valueSet, maxValueSet }: BindingRules): readonly (readonly [string, boolean])[] {
  const bound = [valueSet, strength === 'required'] as const;
  return maxValueSet === undefined ? [bound] : [bound, [maxValueSet, true]];
}

/**
 * Whether a code, Coding, CodeableConcept, Quantity or uri is in a value set: one of its codes must be. Undefined where
 * that cannot be told, or where there is nothing to tell it by.
 * @see https://hl7.org/fhir/R4/terminologies.html#binding
 */
export function isMemberOf(
  valueSet: string,
  { type, value }: Pick<Item, 'type' | 'value'>,
  terminology: Terminology,
): boolean | undefined {
  const codings = codingsOf(type, value);
  if (!codings) return undefined;
  let isUnsure = false;
  for (const coding of codings) {
    const isMember = terminology.isMember(valueSet, coding);
    if (isMember === true) return true;
    if (isMember === undefined) isUnsure = true;
  }
  return isUnsure ? undefined : false;
}

/** Undefined where a binding says nothing of such a value, such as one with extensions alone. */
function codingsOf(type: string, value: unknown): readonly Coding[] | undefined {
  if (typeof value === 'string') return [{ code: value }];
  const object = objectOf(value);
  if (!object) return undefined;
  if (type === 'CodeableConcept') {
    if (Array.isArray(object.coding)) return object.coding.flatMap((coding) => codingsOf('Coding', coding) ?? []);
    return object.text === undefined ? undefined : [];
  }
  const { system, version, code } = object;
  if (typeof code !== 'string') return undefined;
  return [
    {
      code,
      ...(typeof system === 'string' ? { system } : {}),
      ...(typeof version === 'string' ? { version } : {}),
    },
  ];
}

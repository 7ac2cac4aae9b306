import { evaluate } from './evaluate.ts';
import type { Item } from './item.ts';
import type { ElementRules, Invariant } from './rules.ts';

/** Checks the invariants of an element, each once for a value, however many profiles repeat it. */
export function checkInvariants(rules: ElementRules, item: Item): void {
  for (const invariant of rules.invariants) {
    // dom-6 asks for a narrative, and "contained resources do not have one".
    if (invariant.key === 'dom-6' && item.scope.isContained) continue;
    if (item.scope.run.begins(item, invariant.expression)) checkInvariant(invariant, rules, item);
  }
}

/** @see https://hl7.org/fhir/R4/conformance-rules.html#constraints */
function checkInvariant({ key, severity, human, expression }: Invariant, { profile }: ElementRules, item: Item): void {
  const { run } = item.scope;
  const found = evaluate(expression, item);
  if (found === undefined) {
    const text = `${key}: This rule of ${profile} was not checked: its FHIRPath is wrong, not supported or too costly.`;
    run.add({ severity: 'warning', code: 'incomplete', text, at: item });
  } else if (!isTrue(found)) {
    run.add({ severity, code: 'invariant', text: `${key}: ${human} (${profile})`, at: item });
  }
}

/** "Singleton evaluation": one item that is no boolean counts as true. Nothing is not true. */
function isTrue(found: readonly { readonly value: unknown }[]): boolean {
  return found.length > 1 || (found.length === 1 && found[0]!.value !== false);
}

import { type Records, subjectsOf } from './demands.ts';
import { type Element, type Profile, patternOf } from './element.ts';
import { codingsOf, contains, hasValue, isMember, type Node, select, selectIn } from './select.ts';

/**
 * Where resources break the profile that they claim: cardinality, fixed values and patterns, and required bindings
 * whose codes are in the package. The structure of R4 and its own value sets are `validate`'s affair.
 */
export function violations(records: Records, profile: Profile): readonly string[] {
  const found = new Set<string>();
  const rules = [...profile.elements.values()].filter((element) => element.id.includes('.') && isRule(element));
  for (const subject of subjectsOf(records, profile)) {
    for (const element of rules) {
      const parents = select(profile, subject, element.id.slice(0, element.id.lastIndexOf('.')), records.packages);
      for (const parent of parents.filter(isObject)) {
        const wrong = broken(records, element, selectIn(profile, parent, element.id, records.packages));
        if (wrong) found.add(`${profile.url} ${element.id}: ${wrong}`);
      }
    }
  }
  return [...found];
}

function isRule(element: Element): boolean {
  const isBound = element.binding?.strength === 'required';
  return element.min > 0 || element.max !== '*' || patternOf(element) !== undefined || isBound;
}

/** Elements below a primitive, such as its `value`, are not members of the JSON. */
function isObject({ value }: Node): boolean {
  return typeof value === 'object' && value !== null;
}

function broken({ packages }: Records, element: Element, nodes: readonly Node[]): string | undefined {
  if (nodes.length < element.min) return `${nodes.length} of at least ${element.min}`;
  if (element.max !== '*' && nodes.length > Number(element.max)) return `${nodes.length} of at most ${element.max}`;
  const pattern = patternOf(element);
  const { binding } = element;
  for (const node of nodes.filter(hasValue)) {
    if (pattern !== undefined && !contains(node.value, pattern)) return `not ${JSON.stringify(pattern)}`;
    if (binding?.strength !== 'required' || !binding.valueSet) continue;
    const { valueSet } = binding;
    const codings = codingsOf(node.value);
    if (codings.length > 0 && codings.every((coding) => isMember(packages, valueSet, coding) === false)) {
      return `no code of ${valueSet}`;
    }
  }
  return undefined;
}

import { dateInterval } from '../../search/date.ts';
import { type Item, objectOf } from './item.ts';
import type { ElementRules } from './rules.ts';

/** Checks what an ElementDefinition says of the value itself: fixed, pattern, range, length. */
export function checkValue(rules: ElementRules, item: Item): void {
  const { value } = item;
  if (value === undefined) return;
  const { fixed, pattern, minValue, maxValue, maxLength } = rules;
  if (fixed !== undefined && !isEqual(fixed, value)) {
    refuse(rules, item, 'The value is another one than the fixed value');
  }
  if (pattern !== undefined && !hasPattern(pattern, value)) {
    refuse(rules, item, 'The value does not hold the pattern');
  }
  if (minValue !== undefined && isBelow(value, minValue)) refuse(rules, item, 'The value is less than the least one');
  if (maxValue !== undefined && isBelow(maxValue, value)) refuse(rules, item, 'The value is more than the most');
  if (maxLength !== undefined && typeof value === 'string' && [...value].length > maxLength) {
    refuse(rules, item, `The text is longer than the ${maxLength} characters`);
  }
}

function refuse({ id, profile }: ElementRules, item: Item, what: string): void {
  item.scope.run.add({ severity: 'error', code: 'value', text: `${what} that ${profile} has for ${id}.`, at: item });
}

/**
 * "The value of the element is exactly this one."
 * @see https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.fixed_x_
 */
export function isEqual(fixed: unknown, value: unknown): boolean {
  if (Array.isArray(fixed)) {
    return Array.isArray(value) && fixed.length === value.length && fixed.every((one, i) => isEqual(one, value[i]));
  }
  const [one, other] = [objectOf(fixed), objectOf(value)];
  if (!one || !other) return fixed === value;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => isEqual(one[name], other[name]));
}

/**
 * "The value has at least this": members of the pattern are in the value, each item of an array in one of its items.
 * @see https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_
 */
export function hasPattern(pattern: unknown, value: unknown): boolean {
  return holds(pattern, value, { left: maxComparisons });
}

/** Comparisons for one value; the items of a long pattern and a long value are many pairs. */
const maxComparisons = 1_000_000;

function holds(pattern: unknown, value: unknown, budget: { left: number }): boolean {
  budget.left -= 1;
  if (budget.left < 0) return false;
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && pattern.every((one) => value.some((item) => holds(one, item, budget)));
  }
  const wanted = objectOf(pattern);
  if (!wanted) return pattern === value;
  const found = objectOf(value);
  return found !== undefined && Object.keys(wanted).every((name) => holds(wanted[name], found[name], budget));
}

/** Whether one value is surely below another; false where the two cannot be compared. */
function isBelow(one: unknown, other: unknown): boolean {
  if (typeof one === 'number' && typeof other === 'number') return one < other;
  if (typeof one === 'string' && typeof other === 'string') return isTextBelow(one, other);
  const [a, b] = [objectOf(one), objectOf(other)];
  if (!a || !b || a.code !== b.code || a.system !== b.system || (a.code === undefined && a.unit !== b.unit))
    return false;
  return typeof a.value === 'number' && typeof b.value === 'number' && a.value < b.value;
}

const time = /^\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/;

function isTextBelow(one: string, other: string): boolean {
  if (time.test(one) && time.test(other)) return one < other;
  const [a, b] = [dateInterval(one), dateInterval(other)];
  return a !== undefined && b !== undefined && a.hi <= b.lo;
}

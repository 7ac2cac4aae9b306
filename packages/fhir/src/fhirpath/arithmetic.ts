import { singleSystem, text } from './collection.ts';
import { add, type Decimal, divide, multiply, negate, remainder, wholeQuotient } from './decimal.ts';
import { addDuration } from './duration.ts';
import { asDecimal, asQuantity, isTemporal } from './equality.ts';
import { FhirPathError } from './error.ts';
import type { Frame } from './frame.ts';
import { addQuantities, divideQuantities, multiplyQuantities, type QuantityValue } from './quantity.ts';
import type { SystemValue } from './system.ts';
import { type Collection, integer, nothing } from './value.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | 'div' | 'mod';

/** @see https://hl7.org/fhirpath/N1/#math */
export function calculate(operator: ArithmeticOperator, left: Collection, right: Collection, frame: Frame): Collection {
  const [a, b] = [singleSystem(left, operator), singleSystem(right, operator)];
  if (!a || !b) {
    if (left.length === 0 || right.length === 0) return nothing;
    throw wrongTypes(operator);
  }
  const [x, y] = [asDecimal(a), asDecimal(b)];
  if (x && y) {
    const isWhole = a.type === 'System.Integer' && b.type === 'System.Integer' && operator !== '/';
    return number(numbers[operator](x, y), isWhole || operator === 'div');
  }
  if (operator === '+' && a.type === 'System.String' && b.type === 'System.String')
    return text(a.value + b.value, frame);
  if ((operator === '+' || operator === '-') && isTemporal(a) && b.type === 'System.Quantity') {
    const value = addDuration(a.type, a.value, operator === '-' ? negated(b.value) : b.value);
    return value ? [{ type: a.type, value }] : nothing;
  }
  return quantities(operator, a, b);
}

const numbers: Readonly<Record<ArithmeticOperator, (a: Decimal, b: Decimal) => Decimal | undefined>> = {
  '+': add,
  '-': (a, b) => add(a, negate(b)),
  '*': multiply,
  '/': divide,
  div: wholeQuotient,
  mod: remainder,
};

/** A number as a collection: an Integer where it is whole by its making and small enough to be one. */
export function number(value: Decimal | undefined, isWhole: boolean): Collection {
  if (!value) return nothing;
  if (!isWhole) return [{ type: 'System.Decimal', value }];
  const whole = Number(value.digits / 10n ** BigInt(value.scale));
  return whole >= -2147483648 && whole <= 2147483647 ? [integer(whole)] : nothing;
}

function quantities(operator: ArithmeticOperator, a: SystemValue, b: SystemValue): Collection {
  const [x, y] = [asQuantity(a), asQuantity(b)];
  if (!x || !y || operator === 'div' || operator === 'mod') throw wrongTypes(operator);
  const value = ofQuantities[operator](x, y);
  return value ? [{ type: 'System.Quantity', value }] : nothing;
}

const ofQuantities = {
  '+': addQuantities,
  '-': (a: QuantityValue, b: QuantityValue) => addQuantities(a, negated(b)),
  '*': multiplyQuantities,
  '/': divideQuantities,
};

function negated(quantity: QuantityValue): QuantityValue {
  return { ...quantity, value: negate(quantity.value) };
}

function wrongTypes(operator: string): FhirPathError {
  return new FhirPathError(`The operator ${operator} does not take items of these types.`);
}

/** `-x`. @throws {FhirPathError} for what is no number or quantity */
export function opposite(items: Collection): Collection {
  const value = singleSystem(items, 'The sign -');
  if (items.length === 0) return nothing;
  if (value?.type === 'System.Integer') return [integer(-value.value)];
  if (value?.type === 'System.Decimal') return [{ type: value.type, value: negate(value.value) }];
  if (value?.type === 'System.Quantity') return [{ type: value.type, value: negated(value.value) }];
  throw new FhirPathError('The sign - takes a number or a Quantity.');
}

import { condition, single, text } from '../collection.ts';
import { compareDecimals, type Decimal, parseDecimal } from '../decimal.ts';
import { asDecimal, asQuantity } from '../equality.ts';
import { FhirPathError } from '../error.ts';
import type { Expression, Frame } from '../frame.ts';
import { calendarUnit } from '../quantity.ts';
import { type SystemValue, systemText, systemValue } from '../system.ts';
import { parseDate, parseDateTime, parseTime } from '../temporal.ts';
import { type Collection, nothing, truth } from '../value.ts';
import { type FhirPathFunction, type FhirPathFunctions, ofInput } from './definition.ts';

type Convert = (value: SystemValue) => SystemValue | undefined;

const converters: Readonly<Record<string, Convert>> = {
  Boolean: toBoolean,
  Integer: toInteger,
  Decimal: toDecimal,
  Date: toDate,
  DateTime: toDateTime,
  Time: toTime,
  Quantity: toQuantity,
  String: (value) => ({ type: 'System.String', value: systemText(value) }),
};

/** `toInteger()`, `convertsToInteger()` and the like. @see https://hl7.org/fhirpath/N1/#conversion */
export const conversion: FhirPathFunctions = {
  iif: { takes: [2, 3], run: iif },
  ...Object.fromEntries(
    Object.entries(converters).flatMap(([name, convert]) => [
      [`to${name}`, converting(name, convert)],
      [`convertsTo${name}`, ofInput((input) => convertible(input, `convertsTo${name}()`, convert))],
    ]),
  ),
};

function converting(name: string, convert: Convert): FhirPathFunction {
  const run = (input: Collection, unit?: string): Collection => {
    const item = single(input, `to${name}()`);
    const value = item && systemValue(item);
    const converted = value && convert(value);
    return converted && (unit === undefined || isIn(converted, unit)) ? [converted] : nothing;
  };
  if (name === 'String')
    return ofInput((input, frame) => run(input).flatMap((item) => text(String(item.value), frame)));
  if (name !== 'Quantity') return ofInput((input) => run(input));
  return { takes: [0, 1], run: (input, [unit], frame) => run(input, unitOf(unit?.(frame))) };
}

function unitOf(items: Collection | undefined): string | undefined {
  const item = items && single(items, 'toQuantity()');
  const value = item && systemValue(item);
  return value?.type === 'System.String' ? value.value : undefined;
}

function isIn(value: SystemValue, unit: string): boolean {
  return value.type === 'System.Quantity' && value.value.unit === unit;
}

function convertible(input: Collection, name: string, convert: Convert): Collection {
  const item = single(input, name);
  if (!item) return nothing;
  const value = systemValue(item);
  return truth(value !== undefined && convert(value) !== undefined);
}

/** The criteria must be a Boolean. Only the branch that is taken is evaluated. */
function iif(input: Collection, [criteria, then, otherwise]: readonly Expression[], frame: Frame): Collection {
  const item = single(input, 'iif()');
  const inner = { ...frame, self: item };
  const items = criteria!(inner);
  if (items.some(({ type }) => type !== 'System.Boolean' && type !== 'boolean')) {
    throw new FhirPathError('The criteria of iif() must be a Boolean.');
  }
  return condition(items, 'iif()') === true ? then!(inner) : (otherwise?.(inner) ?? nothing);
}

const yes = new Set(['true', 't', 'yes', 'y', '1', '1.0']);
const no = new Set(['false', 'f', 'no', 'n', '0', '0.0']);

function toBoolean(value: SystemValue): SystemValue | undefined {
  if (value.type === 'System.Boolean') return value;
  if (value.type === 'System.String') {
    const word = value.value.toLowerCase();
    return yes.has(word) || no.has(word) ? { type: 'System.Boolean', value: yes.has(word) } : undefined;
  }
  const decimal = asDecimal(value);
  const is = (digits: bigint) => decimal !== undefined && compareDecimals(decimal, { digits, scale: 0 }) === 0;
  return is(1n) || is(0n) ? { type: 'System.Boolean', value: is(1n) } : undefined;
}

function toInteger(value: SystemValue): SystemValue | undefined {
  if (value.type === 'System.Integer') return value;
  if (value.type === 'System.Boolean') return { type: 'System.Integer', value: Number(value.value) };
  if (value.type !== 'System.String' || !/^[+-]?\d{1,10}$/.test(value.value)) return undefined;
  const number = Number(value.value);
  return number >= -2147483648 && number <= 2147483647 ? { type: 'System.Integer', value: number } : undefined;
}

function toDecimal(value: SystemValue): SystemValue | undefined {
  const decimal = decimalOf(value);
  return decimal && { type: 'System.Decimal', value: decimal };
}

function decimalOf(value: SystemValue): Decimal | undefined {
  if (value.type === 'System.Boolean') return { digits: value.value ? 1n : 0n, scale: 0 };
  if (value.type === 'System.String') return /[eE]/.test(value.value) ? undefined : parseDecimal(value.value);
  return asDecimal(value);
}

function toDate(value: SystemValue): SystemValue | undefined {
  if (value.type === 'System.Date') return value;
  if (value.type === 'System.DateTime') {
    return { type: 'System.Date', value: { parts: value.value.parts.slice(0, 3), offset: undefined } };
  }
  const parsed = value.type === 'System.String' ? (parseDate(value.value) ?? parseDateTime(value.value)) : undefined;
  return parsed && { type: 'System.Date', value: { parts: parsed.parts.slice(0, 3), offset: undefined } };
}

function toDateTime(value: SystemValue): SystemValue | undefined {
  if (value.type === 'System.DateTime') return value;
  if (value.type === 'System.Date') return { type: 'System.DateTime', value: value.value };
  const parsed = value.type === 'System.String' ? parseDateTime(value.value) : undefined;
  return parsed && { type: 'System.DateTime', value: parsed };
}

function toTime(value: SystemValue): SystemValue | undefined {
  if (value.type === 'System.Time') return value;
  const parsed = value.type === 'System.String' ? parseTime(value.value) : undefined;
  return parsed && { type: 'System.Time', value: parsed };
}

const quantity = /^([+-]?\d{1,100}(?:\.\d{1,100})?)\s*(?:'([^']+)'|([A-Za-z]+))?$/;

function toQuantity(value: SystemValue): SystemValue | undefined {
  if (value.type === 'System.Boolean') {
    return { type: 'System.Quantity', value: { value: decimalOf(value)!, unit: '1', isCalendar: false } };
  }
  if (value.type !== 'System.String') {
    const quantity = asQuantity(value);
    return quantity && { type: 'System.Quantity', value: quantity };
  }
  const [, number, code, word] = quantity.exec(value.value) ?? [];
  const decimal = number === undefined ? undefined : parseDecimal(number);
  if (!decimal || (word !== undefined && calendarUnit(word) === undefined)) return undefined;
  const unit = code ?? word ?? '1';
  return { type: 'System.Quantity', value: { value: decimal, unit, isCalendar: word !== undefined } };
}

import { numberText } from '../json/exact.ts';
import { type Decimal, decimalText, parseDecimal } from './decimal.ts';
import { isObject } from './navigate.ts';
import type { QuantityValue } from './quantity.ts';
import { parseDate, parseDateTime, parseTime, type Temporal, temporalText } from './temporal.ts';
import { isKindOf, isSystem } from './types.ts';
import type { TypedValue } from './value.ts';

/** A value of a System type. */
export type SystemValue =
  | { readonly type: 'System.Boolean'; readonly value: boolean }
  | { readonly type: 'System.String'; readonly value: string }
  | { readonly type: 'System.Integer'; readonly value: number }
  | { readonly type: 'System.Decimal'; readonly value: Decimal }
  | { readonly type: 'System.Date' | 'System.DateTime' | 'System.Time'; readonly value: Temporal }
  | { readonly type: 'System.Quantity'; readonly value: QuantityValue };

/**
 * The System value an item is or implicitly becomes: a FHIR primitive its value, a Quantity the System's. Undefined for
 * a primitive without a value, a value that is none of its type, and anything else.
 * @see https://hl7.org/fhir/R4/fhirpath.html#types
 */
export function systemValue(item: TypedValue): SystemValue | undefined {
  const { type, value } = item;
  if (isSystem(type)) return type === 'System.TypeInfo' ? undefined : (item as SystemValue);
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' ? { type: 'System.Boolean', value } : undefined;
    case 'integer':
    case 'positiveInt':
    case 'unsignedInt':
      return integerValue(value);
    case 'decimal':
      return decimalValue(value);
    case 'date':
      return temporal('System.Date', value, parseDate);
    case 'dateTime':
    case 'instant':
      return temporal('System.DateTime', value, parseDateTime);
    case 'time':
      return temporal('System.Time', value, parseTime);
    default:
      if (typeof value === 'string') return { type: 'System.String', value };
      return isKindOf(type, 'Quantity') ? quantityValue(value) : undefined;
  }
}

function integerValue(value: unknown): SystemValue | undefined {
  const number = Number(numberText(value) ?? Number.NaN);
  return Number.isSafeInteger(number) ? { type: 'System.Integer', value: number } : undefined;
}

function decimalValue(value: unknown): SystemValue | undefined {
  const decimal = parseDecimal(numberText(value) ?? '');
  return decimal && { type: 'System.Decimal', value: decimal };
}

function temporal(
  type: 'System.Date' | 'System.DateTime' | 'System.Time',
  value: unknown,
  parse: (text: string) => Temporal | undefined,
): SystemValue | undefined {
  const parsed = typeof value === 'string' ? parse(value) : undefined;
  return parsed && { type, value: parsed };
}

const ucum = 'http://unitsofmeasure.org';

/** A Quantity with a comparator is a range, and one with a code of another system has no unit that can be compared. */
function quantityValue(json: unknown): SystemValue | undefined {
  if (!isObject(json) || json.comparator !== undefined) return undefined;
  const { value, unit, system, code } = json;
  const decimal = parseDecimal(numberText(value) ?? '');
  if (!decimal || (system !== undefined && system !== ucum)) return undefined;
  const text = code ?? unit ?? '1';
  return typeof text === 'string'
    ? { type: 'System.Quantity', value: { value: decimal, unit: text, isCalendar: false } }
    : undefined;
}

/** As `toString()` gives it. @see https://hl7.org/fhirpath/N1/#tostring-string */
export function systemText(item: SystemValue): string {
  switch (item.type) {
    case 'System.Boolean':
    case 'System.Integer':
      return String(item.value);
    case 'System.String':
      return item.value;
    case 'System.Decimal':
      return decimalText(item.value);
    case 'System.Quantity':
      return `${decimalText(item.value.value)} ${item.value.isCalendar ? item.value.unit : `'${item.value.unit}'`}`;
    case 'System.Date':
    case 'System.DateTime':
    case 'System.Time':
      return temporalText(item.type, item.value);
    default:
      return item satisfies never;
  }
}

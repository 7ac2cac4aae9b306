import type { SearchValue } from '../value.ts';
import { date } from './date.ts';
import { position } from './position.ts';
import { number, quantity } from './quantity.ts';
import { reference } from './reference.ts';
import { string, uri } from './string.ts';
import { token } from './token.ts';

/** Writes the search values of one element to `out`. `system` is the implied one of a bound code. */
export type Conversion = (out: SearchValue[], parameter: string, value: unknown, system?: string) => void;

const strings = { string: string.string, markdown: string.string, code: string.string, id: string.string };
const quantities = Object.fromEntries(
  ['Quantity', 'SimpleQuantity', 'Age', 'Count', 'Distance', 'Duration'].map((type) => [type, quantity.quantity]),
);

/** By the search parameter's type, then the data type of the element; "Type and data type" in the specification. */
const conversions: Readonly<Record<string, Readonly<Record<string, Conversion>>>> = {
  token: {
    Coding: token.coding,
    CodeableConcept: token.codeableConcept,
    Identifier: token.identifier,
    ContactPoint: token.contactPoint,
    boolean: token.boolean,
    code: token.code,
    id: token.code,
    oid: token.code,
    string: token.code,
    uri: token.code,
    url: token.code,
    uuid: token.code,
    canonical: token.code,
  },
  reference: {
    Reference: reference.reference,
    canonical: reference.canonical,
    uri: reference.uri,
    url: reference.uri,
    Resource: reference.resource,
  },
  string: { ...strings, HumanName: string.humanName, Address: string.address },
  date: {
    date: date.dateTime,
    dateTime: date.dateTime,
    instant: date.dateTime,
    Period: date.period,
    Timing: date.timing,
  },
  number: {
    integer: number.number,
    unsignedInt: number.number,
    positiveInt: number.number,
    decimal: number.number,
    Range: number.range,
  },
  quantity: { ...quantities, Range: quantity.range, Money: quantity.money, SampledData: quantity.sampledData },
  special: { 'Location.position': position },
  uri: { uri: uri.uri, url: uri.uri, oid: uri.uri, uuid: uri.uri, canonical: uri.canonical },
};

/** How a parameter of this type reads an element of this data type; undefined where the two do not go together. */
export function conversion(parameterType: string, dataType: string): Conversion | undefined {
  const table = conversions[parameterType];
  return table && Object.hasOwn(table, dataType) ? table[dataType] : undefined;
}

/**
 * One item of a collection.
 *
 * `type` is a FHIR type (`code`, `HumanName`, `Patient`), an element defined in place (`Observation.component`), or a
 * System type. The value of a FHIR type is its JSON; a primitive that has nothing but extensions has the value
 * `undefined`. System values are: Boolean, String and Integer as in JavaScript, Decimal as `Decimal`, Date, DateTime and
 * Time as `Temporal`, Quantity as `QuantityValue`, TypeInfo as `{ namespace, name }`.
 * @see https://hl7.org/fhirpath/N1/#using-types
 */
export type TypedValue = {
  readonly type: string;
  readonly value: unknown;
  /** The `_member` of a primitive: `{ id, extension }`. */
  readonly companion?: unknown | undefined;
  /** Where it stands in its resource: known of what was found below a value that has one. */
  readonly place?: Place | undefined;
};

/** `member` is the name in JSON (`valueQuantity`), `index` that of an element of a list. */
export type Place =
  | { readonly kind: 'root' }
  | {
      readonly kind: 'element';
      readonly holder: TypedValue;
      readonly member: string;
      readonly index: number | undefined;
    };

/** What an expression yields: ordered, perhaps with duplicates. */
export type Collection = readonly TypedValue[];

export const nothing: Collection = [];

/** A resource as the focus of an evaluation. */
export function resourceValue(resource: { readonly resourceType: string }): TypedValue {
  return { type: resource.resourceType, value: resource };
}

const yes: Collection = [{ type: 'System.Boolean', value: true }];
const no: Collection = [{ type: 'System.Boolean', value: false }];

/** A collection of one boolean; of nothing for what cannot be told. */
export function truth(value: boolean | undefined): Collection {
  return value === undefined ? nothing : value ? yes : no;
}

export function integer(value: number): TypedValue {
  return { type: 'System.Integer', value };
}

export function string(value: string): TypedValue {
  return { type: 'System.String', value };
}

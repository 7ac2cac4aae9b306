/**
 * What a resource holds for a search parameter, as the extractor yields it. `parameter` is the parameter's code.
 * Dates are half-open intervals `[lo, hi)` in ms since the epoch; open ends are ±Infinity. Numbers and quantities
 * are closed intervals, a plain value being `lo === hi`.
 */
export type SearchValue =
  | TokenSearchValue
  | ReferenceSearchValue
  | { readonly kind: 'string'; readonly parameter: string; readonly value: string }
  | { readonly kind: 'date'; readonly parameter: string; readonly lo: number; readonly hi: number }
  | { readonly kind: 'number'; readonly parameter: string; readonly lo: number; readonly hi: number }
  | QuantitySearchValue
  | { readonly kind: 'uri'; readonly parameter: string; readonly value: string }
  | PositionSearchValue
  | CompositeSearchValue;

/** A coding, identifier, code, boolean or contact point. `text` is a display or CodeableConcept.text, for `:text`. */
export type TokenSearchValue = {
  readonly kind: 'token';
  readonly parameter: string;
  readonly system?: string;
  readonly code?: string;
  readonly text?: string;
  /** Of an identifier: the codings of its type, for `:of-type`. */
  readonly types?: readonly { readonly system?: string; readonly code: string }[];
};

/** A literal reference is `type` and `id` when relative (`Patient/1`), else `url`; a logical one has `identifier`. */
export type ReferenceSearchValue = {
  readonly kind: 'reference';
  readonly parameter: string;
  readonly type?: string;
  readonly id?: string;
  /** Of a relative reference that names one version. */
  readonly version?: string;
  readonly url?: string;
  readonly identifier?: { readonly system?: string; readonly value?: string };
};

export type QuantitySearchValue = {
  readonly kind: 'quantity';
  readonly parameter: string;
  readonly lo: number;
  readonly hi: number;
  readonly system?: string;
  readonly code?: string;
  readonly unit?: string;
  /** The same in the unit that such amounts are compared in, where it is in one of UCUM's. */
  readonly canonical?: { readonly unit: string; readonly lo: number; readonly hi: number };
};

/** In degrees. */
export type PositionSearchValue = {
  readonly kind: 'position';
  readonly parameter: string;
  readonly latitude: number;
  readonly longitude: number;
};

/** What one element holds for each part of a composite parameter: one value or several of each. @see compositeKey */
export type CompositeSearchValue = {
  readonly kind: 'composite';
  readonly parameter: string;
  readonly key: string;
  readonly parts: readonly (readonly SearchValue[])[];
};

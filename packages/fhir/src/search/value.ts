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
  | { readonly kind: 'uri'; readonly parameter: string; readonly value: string };

/** A coding, identifier, code, boolean or contact point. `text` is a display or CodeableConcept.text, for `:text`. */
export type TokenSearchValue = {
  readonly kind: 'token';
  readonly parameter: string;
  readonly system?: string;
  readonly code?: string;
  readonly text?: string;
};

/** A literal reference is `type` and `id` when relative (`Patient/1`), else `url`; a logical one has `identifier`. */
export type ReferenceSearchValue = {
  readonly kind: 'reference';
  readonly parameter: string;
  readonly type?: string;
  readonly id?: string;
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
};

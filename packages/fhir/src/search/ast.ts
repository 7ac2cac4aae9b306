import type { CompartmentName } from '../compartment/definition.ts';
import type { NearValue } from './near.ts';
import type { SearchParameter } from './parameter.ts';
import type { TextQuery } from './text.ts';

/**
 * A search, parsed. Criteria are AND-ed; the values inside a criterion are OR-ed. A granular scope is the same thing:
 * its criteria compile by the same code. @see https://hl7.org/fhir/R4/search.html
 */
export type SearchQuery = {
  readonly type: string;
  readonly criteria: readonly Criterion[];
  readonly include: readonly Include[];
  readonly revinclude: readonly Include[];
  readonly sort: readonly SortKey[];
  /** Matches on a page, at most `searchLimits.maxCount`. 0 is a count alone, like `_summary=count`. */
  readonly count: number;
  /** What `Bundle.total` must be; absent: given only where it costs nothing. */
  readonly total?: 'none' | 'estimate' | 'accurate';
};

/** A search over several types: a search for each, all with the same page size, total and includes. */
export type SystemQuery = Pick<SearchQuery, 'include' | 'revinclude' | 'count' | 'total'> & {
  readonly parts: readonly SearchQuery[];
};

export type Criterion =
  | TokenCriterion
  | TokenTextCriterion
  | OfTypeCriterion
  | ReferenceCriterion
  | StringCriterion
  | DateCriterion
  | NumberCriterion
  | QuantityCriterion
  | UriCriterion
  | CompositeCriterion
  | NearCriterion
  | TextCriterion
  | { readonly kind: 'missing'; readonly parameter: SearchParameter; readonly missing: boolean }
  | { readonly kind: 'id'; readonly values: readonly string[] }
  | { readonly kind: 'lastUpdated'; readonly values: readonly DateValue[] }
  | CompartmentCriterion
  | ChainCriterion
  | HasCriterion;

/** `:not` is true of a resource for which no value matches, including one without any. */
export type TokenCriterion = {
  readonly kind: 'token';
  readonly parameter: SearchParameter;
  readonly not: boolean;
  readonly values: readonly TokenValue[];
};

/** `system` absent: any system; null: none (`|code`). `code` absent: any code of the system (`system|`). */
export type TokenValue = { readonly system?: string | null; readonly code?: string };

/** `:text`: a text of the token, or a word of it, starts with one of the values, which are as sent. */
export type TokenTextCriterion = {
  readonly kind: 'token-text';
  readonly parameter: SearchParameter;
  readonly values: readonly string[];
};

/** `:of-type`: an identifier of this type with this value. `system` null: a type without one. */
export type OfTypeCriterion = {
  readonly kind: 'of-type';
  readonly parameter: SearchParameter;
  readonly values: readonly OfTypeValue[];
};

export type OfTypeValue = { readonly system: string | null; readonly code: string; readonly value: string };

/** Each value is a criterion of one value for each part; all of them must hold of the same element. */
export type CompositeCriterion = {
  readonly kind: 'composite';
  readonly parameter: SearchParameter;
  readonly values: readonly (readonly PartCriterion[])[];
};

export type PartCriterion =
  | TokenCriterion
  | ReferenceCriterion
  | StringCriterion
  | DateCriterion
  | NumberCriterion
  | QuantityCriterion
  | UriCriterion;

/** `near`: within a distance. */
export type NearCriterion = {
  readonly kind: 'near';
  readonly parameter: SearchParameter;
  readonly values: readonly NearValue[];
};

/** `_text` looks at the narrative alone, `_content` at all of the resource. */
export type TextCriterion = {
  readonly kind: 'text';
  readonly isNarrative: boolean;
  readonly values: readonly TextQuery[];
};

export type ReferenceCriterion = {
  readonly kind: 'reference';
  readonly parameter: SearchParameter;
  readonly values: readonly ReferenceValue[];
};

/** `Patient/1` or `1` (then `types` holds every type the parameter may point at), an absolute URL, or `:identifier`. */
export type ReferenceValue =
  | { readonly kind: 'local'; readonly types: readonly string[]; readonly id: string }
  /** One version of a resource, as a reference may name it. */
  | { readonly kind: 'version'; readonly type: string; readonly id: string; readonly version: string }
  | { readonly kind: 'url'; readonly url: string }
  /** A canonical URL with a version, and what its version is a part of (`above`) or has for a part (`below`). */
  | { readonly kind: 'canonical'; readonly url: string; readonly hierarchy: Hierarchy }
  | { readonly kind: 'identifier'; readonly token: TokenValue };

/** `:above` finds what the value lies in, `:below` what lies in the value; both find the value itself. */
export type Hierarchy = 'above' | 'below';

/** Values are as sent; `starts` and `contains` compare by `normalizeString`, `exact` as written. */
export type StringCriterion = {
  readonly kind: 'string';
  readonly parameter: SearchParameter;
  readonly match: 'starts' | 'contains' | 'exact';
  readonly values: readonly string[];
};

/** @see https://hl7.org/fhir/R4/search.html#prefix */
export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

/** The interval the value stands for, `[lo, hi)` in ms since the epoch. `ap` arrives with the interval widened. */
export type DateValue = { readonly prefix: Prefix; readonly lo: number; readonly hi: number };

export type DateCriterion = {
  readonly kind: 'date';
  readonly parameter: SearchParameter;
  readonly values: readonly DateValue[];
};

/** `value` as a number, and `[lo, hi)`, the interval its written precision stands for (`5.4` is 5.35 to 5.45). */
export type NumberValue = {
  readonly prefix: Prefix;
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
};

export type NumberCriterion = {
  readonly kind: 'number';
  readonly parameter: SearchParameter;
  readonly values: readonly NumberValue[];
};

/** `system` with `code`: that coded unit; `code` alone: a unit's code or its text; neither: any unit. */
export type QuantityValue = NumberValue & {
  readonly system?: string;
  readonly code?: string;
  /** The same in the unit that such amounts are compared in, where it is asked in one of UCUM's. */
  readonly canonical?: NumberValue & { readonly unit: string };
};

export type QuantityCriterion = {
  readonly kind: 'quantity';
  readonly parameter: SearchParameter;
  readonly values: readonly QuantityValue[];
};

export type UriCriterion = {
  readonly kind: 'uri';
  readonly parameter: SearchParameter;
  readonly values: readonly string[];
  /** By the path of the URI, and by the version after its `|`. */
  readonly hierarchy?: Hierarchy;
};

/**
 * `Patient/1/Observation`: one of the parameters points at the resource that the compartment is of, or it is that
 * resource itself. @see https://hl7.org/fhir/R4/compartmentdefinition.html
 */
export type CompartmentCriterion = {
  readonly kind: 'compartment';
  readonly compartment: CompartmentName;
  readonly parameters: readonly SearchParameter[];
  readonly isSelf: boolean;
};

/** `subject:Patient.name=x`: one inner criterion for each target type it is tried on, OR-ed. */
export type ChainCriterion = {
  readonly kind: 'chain';
  readonly parameter: SearchParameter;
  readonly targets: readonly { readonly type: string; readonly criterion: Criterion }[];
};

/** `_has:Observation:patient:code=x`: some `type` whose `parameter` points here meets the criterion. */
export type HasCriterion = {
  readonly kind: 'has';
  readonly type: string;
  readonly parameter: SearchParameter;
  readonly criterion: Criterion;
};

/**
 * `_include=Observation:subject:Patient` (source, reference parameter, target type); the same for `_revinclude`. A
 * wildcard has been spelled out: `parameters` are of the source type. `iterate`: also from what was included.
 */
export type Include = {
  readonly source: string;
  readonly parameters: readonly SearchParameter[];
  readonly target?: string;
  readonly iterate: boolean;
};

export type SortKey = { readonly by: SortBy; readonly descending: boolean };

export type SortBy =
  | { readonly kind: 'id' }
  | { readonly kind: 'lastUpdated' }
  | { readonly kind: 'parameter'; readonly parameter: SearchParameter };

/** @see https://hl7.org/fhir/R4/valueset-search-param-type.html */
export type SearchParameterType =
  | 'number'
  | 'date'
  | 'string'
  | 'token'
  | 'reference'
  | 'composite'
  | 'quantity'
  | 'uri'
  | 'special';

/** A search parameter of one resource type. `target` lists the resource types a reference parameter may point at. */
export type SearchParameter = {
  readonly code: string;
  readonly type: SearchParameterType;
  /** The resource type it is used on here, also when its definition covers several. */
  readonly resourceType: string;
  readonly expression: string;
  readonly target: readonly string[];
  /** Canonical URL of the SearchParameter resource. */
  readonly url: string;
  /** Set while what is stored already is being indexed by it: nothing can be found by it yet. */
  readonly isIndexing?: true;
};

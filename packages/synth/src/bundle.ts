/** A FHIR R4 transaction. @see https://hl7.org/fhir/R4/http.html#transaction */
export type TransactionBundle = {
  readonly resourceType: 'Bundle';
  readonly type: 'transaction';
  readonly entry: readonly TransactionEntry[];
};

/** A FHIR R4 resource as JSON. */
export type SyntheticResource = {
  readonly resourceType: string;
  readonly id: string;
  readonly meta?: { readonly profile?: readonly string[] };
  readonly [member: string]: unknown;
};

export type TransactionEntry = {
  readonly fullUrl: string;
  readonly resource: SyntheticResource;
  readonly request:
    | { readonly method: 'PUT'; readonly url: string }
    | { readonly method: 'POST'; readonly url: string; readonly ifNoneExist: string };
};

/** A FHIR Reference, by `Type/id`, `urn:uuid:…` or a search as conditional reference. */
export type Reference = { readonly reference: string; readonly display?: string };

/** Base of full URLs and of the identifier systems that are the generator's own. */
export const home = 'https://synth.chartgate.example';

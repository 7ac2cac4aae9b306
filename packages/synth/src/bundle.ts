import type { Resource } from '@chartgate/fhir';

/** A FHIR R4 transaction. @see https://hl7.org/fhir/R4/http.html#transaction */
export type TransactionBundle = {
  readonly resourceType: 'Bundle';
  readonly type: 'transaction';
  readonly entry: readonly TransactionEntry[];
};

export type TransactionEntry = {
  readonly fullUrl: string;
  readonly resource: Resource & { readonly id: string };
  readonly request:
    | { readonly method: 'PUT'; readonly url: string }
    | { readonly method: 'POST'; readonly url: string; readonly ifNoneExist: string };
};

/** A FHIR Reference, by `Type/id`, `urn:uuid:…` or a search as conditional reference. */
export type Reference = { readonly reference: string; readonly display?: string };

/** Base of full URLs and of the identifier systems that are the generator's own. */
export const home = 'https://synth.chartgate.example';

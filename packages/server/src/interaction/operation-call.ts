import type { Content } from '../access/interaction.ts';

/** An operation as it is called, over HTTP or in a batch's entry. @see https://hl7.org/fhir/R4/operations.html */
export type OperationCall = {
  /** Without the `$`. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Absent on system level. */
  readonly type?: string;
  /** On instance level. */
  readonly id?: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** The body of a POST: a resource of some type, not validated yet. */
  readonly content?: Content;
  readonly handling: 'strict' | 'lenient';
};

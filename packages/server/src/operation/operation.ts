import type { Answer } from '../interaction/answer.ts';
import type { FhirContext } from '../interaction/dispatch.ts';
import type { OperationCall } from '../interaction/operation-call.ts';
import type { OperationParameters } from './parameters.ts';

/**
 * An operation of this server: one file each in this folder, listed in `operations.ts`. Like an interaction, it reaches
 * resources through permits alone. @see https://hl7.org/fhir/R4/operations.html
 */
export type Operation = {
  /** Without the `$`. */
  readonly name: string;
  /** Canonical of its OperationDefinition, for `metadata`. */
  readonly definition: string;
  /** Where it may be called. */
  readonly on: readonly OperationPlace[];
  /** Whether it changes something; then it is called by POST alone. */
  readonly affectsState: boolean;
  /** The input parameter that a body stands for which is no Parameters, such as `resource`. */
  readonly body?: string;
  /** Whether a body may break the rules of its type: only `$validate` takes such. */
  readonly takesInvalid?: true;
  readonly run: (request: OperationRequest, context: FhirContext) => Promise<Answer>;
};

/** `types`: those that have it; absent where every type has it. */
export type OperationPlace =
  | { readonly level: 'system' }
  | { readonly level: 'type' | 'instance'; readonly types?: readonly string[] };

/** A call that names an operation there is, with its parameters read. */
export type OperationRequest = OperationCall & { readonly parameters: OperationParameters };

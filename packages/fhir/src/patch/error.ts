import { FhirError } from '../outcome/fhir-error.ts';
import { type IssueType, issue } from '../outcome/outcome.ts';

/** Says what is wrong with one operation, by its place in the patch and never with its values. */
export type Refuse = {
  /** 400: the operation is not written as one. */
  malformed(why: string): FhirError;
  /** 422: the resource is not such that the operation could be applied. */
  inapplicable(why: string, code?: IssueType): FhirError;
};

/** @param at a FHIRPath of the operation where the patch is a resource */
export function refusing(index: number, at?: string): Refuse {
  const error = (status: number, code: IssueType, why: string) =>
    new FhirError(status, [issue(code, `Operation ${index + 1} of the patch: ${why}`, at)]);
  return {
    malformed: (why) => error(400, 'structure', why),
    inapplicable: (why, code = 'processing') => error(422, code, why),
  };
}

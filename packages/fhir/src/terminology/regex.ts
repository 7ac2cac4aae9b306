import { matcher } from '../fhirpath/regex/regex.ts';
import { TerminologyError } from './terminology-error.ts';

/** Steps that one filter may take over all concepts of a code system: about half a second. */
const mostSteps = 20_000_000;

/**
 * The test for a value set's `regex` filter, which must fit a whole value. Its time is linear in the text, whatever the
 * expression is, and all texts it is given together are bounded.
 * @throws {TerminologyError} not-supported for what cannot be read; the test itself too-costly
 * @see https://hl7.org/fhir/R4/valueset-filter-operator.html
 */
export function boundedRegex(pattern: string): (text: string) => boolean {
  const { find } = compiled(pattern);
  let steps = 0;
  const spend = (more: number) => {
    steps += more;
    if (steps > mostSteps) throw new TerminologyError('too-costly', 'A regular expression has too many codes to try.');
  };
  return (text) => find(text, spend);
}

function compiled(pattern: string) {
  try {
    return matcher(`^(?:${pattern})$`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new TerminologyError('not-supported', 'A filter has a regular expression that cannot be read.');
  }
}

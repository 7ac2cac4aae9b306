import { FhirError } from '../outcome/fhir-error.ts';
import { type Issue, issue } from '../outcome/outcome.ts';
import type { Criterion, SearchQuery } from './ast.ts';
import { beyondLimit, UnknownParameter, unsupported } from './invalid.ts';
import { searchLimits } from './limits.ts';
import { r4SearchParameters } from './parameters.ts';
import { resultParameters, type SearchOptions } from './parse.ts';
import type { CriterionContext } from './parse-criterion.ts';
import { criterionOf } from './parse-link.ts';

/**
 * Reads the search of a conditional interaction or reference, such as `identifier=system|value`, still
 * percent-encoded. Stricter than a search that is only read from: unknown parameters, parameters without a value and
 * those about the result are refused, and so is a condition that everything meets. Its page holds two matches: enough
 * to tell one from several.
 * @throws {FhirError} 400 naming the parameter and what was expected, never the value; 412 for an empty condition
 * @see https://hl7.org/fhir/R4/http.html#ccreate
 */
export function parseCondition(
  type: string,
  query: string,
  { base, now = Date.now(), parameters = r4SearchParameters, terminology }: Omit<SearchOptions, 'handling'> = {},
): SearchQuery {
  const context: CriterionContext = { empty: 'refused', base, now, parameters, terminology };
  const unknown: Issue[] = [];
  const criteria: Criterion[] = [];
  let count = 0;
  for (const [name, value] of new URLSearchParams(query)) {
    if (++count > searchLimits.parameters) throw beyondLimit(name, `${searchLimits.parameters} parameters`);
    if (resultParameters.has(name)) throw unsupported(name, 'a condition takes no parameters about the result.');
    try {
      const criterion = criterionOf(context, type, { name, value });
      if (criterion) criteria.push(criterion);
    } catch (error) {
      if (!(error instanceof UnknownParameter)) throw error;
      unknown.push(error.issue);
    }
  }
  if (unknown.length > 0) throw new FhirError(400, unknown);
  if (criteria.length === 0) {
    throw new FhirError(412, [
      issue('incomplete', 'The condition is empty. Name the resource, by an identifier for one.'),
    ]);
  }
  return { type, criteria, include: [], revinclude: [], sort: [], count: 2 };
}

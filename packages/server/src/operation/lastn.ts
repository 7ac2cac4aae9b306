import { badRequest, type Criterion, parseSearch, type SearchQuery } from '@chartgate/fhir';
import type { Answer } from '../interaction/answer.ts';
import type { FhirContext } from '../interaction/dispatch.ts';
import { urlOf } from '../interaction/parameters.ts';
import { latestBundle } from './latest-bundle.ts';
import type { Operation, OperationRequest } from './operation.ts';

/** Observations of one code that are answered at most. */
const mostOfEach = 100;

/** Parameters whose expressions hold a code. */
const coded = /^(category|code|combo-code|component-code|.*code-value-\w+)$/;

/**
 * `Observation/$lastn`: the latest Observations of each code, of one patient, by any search parameters.
 * @see https://hl7.org/fhir/R4/observation-operation-lastn.html
 */
export const lastn: Operation = {
  name: 'lastn',
  definition: 'http://hl7.org/fhir/OperationDefinition/Observation-lastn',
  on: [{ level: 'type', types: ['Observation'] }],
  affectsState: false,
  run: answerLastn,
};

async function answerLastn(request: OperationRequest, context: FhirContext): Promise<Answer> {
  const { base, conformance, rights, store } = context;
  const asked = request.parameters.pairs({ without: 'max' });
  const { query, used } = parseSearch('Observation', asked, {
    handling: request.handling,
    base,
    parameters: conformance.parameters,
    terminology: conformance.terminology,
  });
  requireNarrow(query);
  const max = maxOf(request.parameters.count('max'));
  const permitted = rights.require({ code: 'last-of-each', type: 'Observation', query, by: 'code', max });
  const rows = await store.lastOfEach(permitted);
  const self = urlOf(`${base}/Observation/$lastn`, [...used, ['max', String(max)]]);
  return latestBundle(base, self, rows);
}

function maxOf(count: number | undefined): number {
  if (count === 0) throw badRequest('The parameter max is expected to be 1 or more.');
  return Math.min(count ?? 1, mostOfEach);
}

function requireNarrow({ criteria, include, revinclude, sort }: SearchQuery): void {
  const codes = criteria.flatMap((criterion) => codeOf(criterion) ?? []);
  if (!codes.some((code) => code === 'patient' || code === 'subject')) {
    throw badRequest('$lastn needs the patient: add patient={id} or subject=Patient/{id}.');
  }
  if (!codes.some((code) => coded.test(code))) {
    throw badRequest('$lastn needs a category or a code: add category=laboratory, or code=system|code.');
  }
  if (include.length + revinclude.length + sort.length > 0) {
    throw badRequest('$lastn takes no _include, _revinclude and _sort: it answers Observations, latest first.');
  }
}

function codeOf(criterion: Criterion): string | undefined {
  return 'parameter' in criterion && criterion.kind !== 'missing' ? criterion.parameter.code : undefined;
}

import { badRequest, dateInterval, isResourceId, parseSearch } from '@chartgate/fhir';
import type { Answer } from '../interaction/answer.ts';
import type { FhirContext } from '../interaction/dispatch.ts';
import { urlOf } from '../interaction/parameters.ts';
import { latestBundle } from './latest-bundle.ts';
import type { Operation, OperationRequest } from './operation.ts';
import type { OperationParameters } from './parameters.ts';

/** Documents of one type that are answered at most where a range of dates is asked for. */
const mostInRange = 1000;

/**
 * `DocumentReference/$docref`: the documents of a patient, those that cover a range of dates or the latest of each type.
 * Nothing is generated on demand here, so that `on-demand=true` finds nothing.
 * @see http://hl7.org/fhir/us/core/OperationDefinition/docref
 */
export const docref: Operation = {
  name: 'docref',
  definition: 'http://hl7.org/fhir/us/core/OperationDefinition/docref',
  on: [{ level: 'type', types: ['DocumentReference'] }],
  affectsState: false,
  run: answerDocref,
};

async function answerDocref({ parameters }: OperationRequest, context: FhirContext): Promise<Answer> {
  const { base, conformance, rights, store } = context;
  const patient = patientOf(parameters);
  const [start, end] = [dateOf(parameters, 'start'), dateOf(parameters, 'end')];
  const types = typesOf(parameters);
  const pairs: (readonly [string, string])[] = [
    ['patient', patient],
    ['status', 'current'],
    ...(types.length === 0 ? [] : [['type', types.join(',')] as const]),
    ...profilesOf(parameters),
    ...(start === undefined ? [] : [['period', `ge${start}`] as const]),
    ...(end === undefined ? [] : [['period', `le${end}`] as const]),
  ];
  const { query } = parseSearch('DocumentReference', pairs, { base, parameters: conformance.parameters });
  const hasRange = start !== undefined || end !== undefined;
  const max = hasRange ? mostInRange : 1;
  const permitted = rights.require({ code: 'last-of-each', type: 'DocumentReference', query, by: 'type', max });
  const rows = parameters.boolean('on-demand') ? [] : await store.lastOfEach(permitted);
  const asked = parameters.pairs({ without: 'type' });
  return latestBundle(base, urlOf(`${base}/DocumentReference/$docref`, asked), rows);
}

function patientOf(parameters: OperationParameters): string {
  const text = parameters.text('patient')?.replace(/^Patient\//, '');
  if (text === undefined) throw badRequest('$docref needs the patient: add patient={id}.');
  if (!isResourceId(text)) throw badRequest('The parameter patient is expected to be the id of a Patient.');
  return text;
}

function dateOf(parameters: OperationParameters, name: string): string | undefined {
  const text = parameters.text(name)?.replace(/ (\d\d:\d\d)$/, '+$1');
  if (text === undefined || dateInterval(text)) return text;
  throw badRequest(`The parameter ${name} is expected to be a date, such as 2026-01-31.`);
}

/** Each as `system|code`: a Coding of a POST, or a token of a GET. */
function typesOf(parameters: OperationParameters): readonly string[] {
  if (!parameters.names.includes('type')) return [];
  if (parameters.isPrimitive('type')) return parameters.texts('type').map((text) => text.replace(/[,$\\]/g, '\\$&'));
  return parameters.values('type', 'Coding').map(({ system, code }) => {
    if (typeof code !== 'string') throw badRequest('The parameter type is expected to be a Coding with a code.');
    return [system, code].flatMap((part) => (part === undefined ? [] : escaped(String(part)))).join('|');
  });
}

function profilesOf(parameters: OperationParameters): (readonly [string, string])[] {
  const profiles = parameters.texts('profile').map(escaped);
  return profiles.length === 0 ? [] : [['_profile', profiles.join(',')]];
}

function escaped(text: string): string {
  return text.replace(/[,$|\\]/g, '\\$&');
}

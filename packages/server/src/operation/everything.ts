import { badRequest, dateInterval, FhirError, isResourceType, issue, notFound } from '@chartgate/fhir';
import type { Everything, EverythingPosition } from '../access/interaction.ts';
import type { Answer } from '../interaction/answer.ts';
import { type BundleLink, bundleText, searchEntry } from '../interaction/bundle-text.ts';
import { openCursor, sealCursor } from '../interaction/cursor.ts';
import type { FhirContext } from '../interaction/dispatch.ts';
import { urlOf } from '../interaction/parameters.ts';
import type { EverythingPage } from '../store/ports.ts';
import type { Operation, OperationRequest } from './operation.ts';
import type { OperationParameters } from './parameters.ts';

/** Resources on a page; what asks for more gets so many. R4 wants all in one Bundle, as far as the server can. */
const page = 1000;

const known: ReadonlySet<string> = new Set(['start', 'end', '_since', '_type', '_count', '_cursor']);

/**
 * `Patient/{id}/$everything`: what is in the patient's compartment, what that refers to, and its Provenance, each as far as
 * the caller may see it. @see https://hl7.org/fhir/R4/patient-operation-everything.html
 */
export const everything: Operation = {
  name: 'everything',
  definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything',
  on: [{ level: 'instance', types: ['Patient'] }],
  affectsState: false,
  run: answerEverything,
};

async function answerEverything(request: OperationRequest, context: FhirContext): Promise<Answer> {
  const { parameters, id = '' } = request;
  const unknown = parameters.names.find((name) => !known.has(name));
  if (unknown !== undefined && request.handling === 'strict') {
    throw badRequest(
      `$everything has no parameter ${unknown.slice(0, 40)}. It takes ${[...known].slice(0, -1).join(', ')}.`,
    );
  }
  const asked = askedOf(parameters);
  const used = [...known].flatMap((name) =>
    name === '_cursor' ? [] : parameters.texts(name).map((text) => [name, text] as const),
  );
  const url = `${context.base}/Patient/${id}/$everything`;
  const self = urlOf(url, used);
  const bound = { key: context.seal.key, boundTo: `${context.seal.boundTo}\n${self}` };
  const cursor = parameters.text('_cursor');
  const after = cursor === undefined ? {} : { after: openCursor(cursor, bound) as EverythingPosition };
  const permitted = context.rights.require({ code: 'everything', type: 'Patient', id, ...asked, ...after });
  const found = await context.store.everything(permitted);
  if (!found) throw notFound(`Patient/${id}`);
  const link: BundleLink[] = [{ relation: 'self', url: self }];
  if (found.next)
    link.push({ relation: 'next', url: urlOf(url, [...used, ['_cursor', sealCursor(found.next, bound)]]) });
  return { status: 200, body: bundleText({ type: 'searchset', links: link }, entriesOf(context.base, found)) };
}

function entriesOf(base: string, { own, related }: EverythingPage): readonly string[] {
  return [
    ...own.map((row) => searchEntry(base, row, 'match')),
    ...related.map((row) => searchEntry(base, row, 'include')),
  ];
}

function askedOf(parameters: OperationParameters): Pick<Everything, 'types' | 'since' | 'care' | 'count'> {
  const types = parameters.texts('_type').flatMap((text) => text.split(','));
  const strange = types.find((type) => !isResourceType(type));
  if (strange !== undefined) throw badRequest('The parameter _type takes resource types of R4, separated by commas.');
  const since = intervalOf(parameters, '_since')?.lo;
  const [start, end] = [intervalOf(parameters, 'start'), intervalOf(parameters, 'end')];
  if (start && end && end.hi <= start.lo)
    throw badRequest('The parameter end is before start, so that nothing is between.');
  const care = { lo: start?.lo ?? Number.NEGATIVE_INFINITY, hi: end?.hi ?? Number.POSITIVE_INFINITY };
  return {
    count: countOf(parameters.count('_count')),
    ...(types.length === 0 ? {} : { types }),
    ...(since === undefined ? {} : { since }),
    ...(start || end ? { care } : {}),
  };
}

function countOf(count: number | undefined): number {
  if (count === 0) throw new FhirError(400, [issue('value', 'The parameter _count is expected to be 1 or more.')]);
  return Math.min(count ?? page, page);
}

function intervalOf(parameters: OperationParameters, name: string) {
  const text = parameters.text(name);
  if (text === undefined) return undefined;
  const interval = dateInterval(text.replace(/ (\d\d:\d\d)$/, '+$1'));
  if (!interval) throw badRequest(`The parameter ${name} is expected to be a date, such as 2026-01-31.`);
  return interval;
}

import type { IncomingHttpHeaders } from 'node:http';
import { badRequest, type EntityTags, FhirError, issue, parseEntityTags } from '@chartgate/fhir';
import type { Return } from '../interaction/preference.ts';

const json = /^(application\/(fhir\+json|json|json\+fhir)|text\/json)$/;
const anyKind = /^(\*\/\*|application\/\*|text\/html)$/;

/**
 * Refuses what is asked for in another format than JSON: 406 by `_format` or `Accept`. Browsers and plain clients,
 * which name none or anything, get JSON. `_format` goes before `Accept`.
 * @see https://hl7.org/fhir/R4/http.html#mime-type
 */
export function requireJsonAnswer(accept: string | undefined, format: string | undefined): void {
  const kinds = format === undefined ? acceptedKinds(accept) : acceptedKinds(formatKind(format));
  if (kinds === undefined || kinds.some((kind) => json.test(kind) || anyKind.test(kind))) return;
  throw new FhirError(406, [
    issue(
      'not-supported',
      'Only JSON of FHIR R4 (4.0) is spoken here. Ask with Accept: application/fhir+json, or _format=json.',
    ),
  ]);
}

/** Whether a FHIR resource is asked for by name, and not whatever there is. */
export function namesJson(accept: string | undefined, format: string | undefined): boolean {
  const kinds = acceptedKinds(format === undefined ? accept : formatKind(format)) ?? [];
  return kinds.some((kind) => json.test(kind));
}

/** Whether a content type is among those asked for. */
export function accepts(accept: string | undefined, contentType: string): boolean {
  const kinds = acceptedKinds(accept);
  const [kind = ''] = contentType.toLowerCase().split(';');
  const [group = ''] = kind.split('/');
  return kinds === undefined || [kind.trim(), `${group}/*`, '*/*'].some((one) => kinds.includes(one));
}

/** `json` is short for the media type; a `+` that was not percent-encoded arrives as a space. */
function formatKind(format: string): string {
  const kind = format
    .trim()
    .toLowerCase()
    .replace(/ (json|fhir)\b/, '+$1');
  return kind === 'json' ? 'application/fhir+json' : kind;
}

/** Media types without parameters; those with `q=0`, or of another FHIR version, are not wanted. Undefined: anything. */
function acceptedKinds(accept: string | undefined): readonly string[] | undefined {
  if (accept === undefined || accept.trim() === '') return undefined;
  return accept
    .toLowerCase()
    .split(',')
    .map((kind) => kind.split(';').map((part) => part.trim()))
    .filter(([, ...parameters]) => parameters.every(isWanted))
    .map(([kind = '']) => kind);
}

function isWanted(parameter: string): boolean {
  const [name = '', value = ''] = parameter.split('=');
  if (name === 'q') return !/^0(\.0*)?$/.test(value);
  return name !== 'fhirversion' || /^"?4\.0(\.\d+)?"?$/.test(value);
}

/** The media type of a body, without parameters. */
export function bodyKind(headers: IncomingHttpHeaders): string | undefined {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase();
}

export function isJsonKind(kind: string | undefined): boolean {
  return kind !== undefined && json.test(kind);
}

/** Refuses a body that is not declared as plain JSON, also a compressed one (it could grow without bound): 415. */
export function requireJsonBody(headers: IncomingHttpHeaders): void {
  requirePlain(headers);
  if (isJsonKind(bodyKind(headers))) return;
  throw unsupportedBody(
    'The body must be JSON and say so. Send Content-Type: application/fhir+json (charset UTF-8, no Content-Encoding).',
  );
}

/** @throws {FhirError} 415 for a compressed body */
export function requirePlain(headers: IncomingHttpHeaders): void {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return;
  throw unsupportedBody('A compressed body is not taken. Send it without Content-Encoding.');
}

/** 415: a body of a kind that this path does not take. */
export function unsupportedBody(diagnostics: string): FhirError {
  return new FhirError(415, [issue('not-supported', diagnostics)]);
}

/** The versions named by `If-Match`: `W/"3"`, several, or `*`. @throws {FhirError} 400 for another form */
export function ifMatchOf(header: string | undefined): EntityTags | undefined {
  const tags = header === undefined ? undefined : parseEntityTags(header);
  if (header === undefined || tags !== undefined) return tags;
  throw badRequest('If-Match must be an ETag such as W/"3", as the last read answered it.');
}

/** The versions named by `If-None-Match`. What is no tag of ours names none. */
export function ifNoneMatchOf(header: string | undefined): EntityTags | undefined {
  return header === undefined ? undefined : (parseEntityTags(header) ?? []);
}

/** ms since the epoch. A date that cannot be read counts for nothing, as HTTP says. */
export function ifModifiedSinceOf(header: string | undefined): number | undefined {
  const time = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(time) ? undefined : time;
}

/** The search of `If-None-Exist`, which some write as a whole URL. */
export function ifNoneExistOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header.replace(/^[^?=]*\?/, '') : undefined;
}

/** `Prefer: handling=lenient; return=minimal`. @see https://hl7.org/fhir/R4/http.html#ops */
export type Prefer = { readonly handling: 'strict' | 'lenient'; readonly returns?: Return };

export function preferOf(header: string | readonly string[] | undefined): Prefer {
  if (header === undefined) return { handling: 'strict' };
  const wishes = String(header)
    .split(/[;,]/)
    .map((wish) => wish.trim().toLowerCase().replaceAll('"', ''));
  const returns = (['minimal', 'representation', 'OperationOutcome'] as const).find((one) =>
    wishes.includes(`return=${one.toLowerCase()}`),
  );
  const handling = wishes.includes('handling=lenient') ? 'lenient' : 'strict';
  return { handling, ...(returns === undefined ? {} : { returns }) };
}

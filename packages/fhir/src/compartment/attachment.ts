import { parseReference } from '../reference/parse.ts';
import type { Resource } from '../resource/resource.ts';
import type { SearchParameter } from '../search/parameter.ts';
import type { ReferenceSearchValue } from '../search/value.ts';

/**
 * Whom a Binary belongs to. R4 has no search parameter for it; the colon keeps it out of every request.
 * @see https://hl7.org/fhir/R4/binary-definitions.html#Binary.securityContext
 */
export const securityContext: SearchParameter = {
  code: ':security-context',
  type: 'reference',
  resourceType: 'Binary',
  expression: 'Binary.securityContext',
  target: ['Patient'],
  url: '',
};

/** Code under which the links of attachments to a Binary are kept, in the same way. */
export const attachmentCode = ':attachment';

/** Where the types that attach documents have their attachments. */
const attachments: Readonly<Record<string, readonly string[]>> = {
  Communication: ['payload', 'contentAttachment'],
  CommunicationRequest: ['payload', 'contentAttachment'],
  Consent: ['sourceAttachment'],
  DiagnosticReport: ['presentedForm'],
  DocumentReference: ['content', 'attachment'],
  Media: ['content'],
  Patient: ['photo'],
  RelatedPerson: ['photo'],
};

/** The types whose documents a Binary follows that does not say itself whom it belongs to. */
export const attachingTypes: readonly string[] = Object.keys(attachments);

/**
 * What is indexed of a resource for access alone: a Binary's security context, and the Binary resources that
 * attachments link to by a relative URL (`Binary/1`).
 */
export function accessValues(resource: Resource): readonly ReferenceSearchValue[] {
  if (resource.resourceType === 'Binary') return contextOf(resource);
  const path = Object.hasOwn(attachments, resource.resourceType) ? attachments[resource.resourceType] : undefined;
  if (!path) return [];
  return valuesAt(resource, path).flatMap((attachment) => {
    const id = binaryId(memberOf(attachment, 'url'));
    return id === undefined ? [] : [{ kind: 'reference', parameter: attachmentCode, type: 'Binary', id }];
  });
}

/** A context that cannot be followed still says that the Binary belongs to somebody: it is kept as a URL. */
function contextOf(resource: Resource): readonly ReferenceSearchValue[] {
  if (!('securityContext' in resource)) return [];
  const text = memberOf(resource.securityContext, 'reference');
  const parsed = typeof text === 'string' ? parseReference(text) : undefined;
  const parameter = securityContext.code;
  return parsed?.kind === 'local'
    ? [{ kind: 'reference', parameter, type: parsed.type, id: parsed.id }]
    : [{ kind: 'reference', parameter, url: String(text) }];
}

function binaryId(url: unknown): string | undefined {
  const parsed = typeof url === 'string' ? parseReference(url) : undefined;
  return parsed?.kind === 'local' && parsed.type === 'Binary' ? parsed.id : undefined;
}

/** The values at the end of a path, through arrays. */
function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesAt(one, path));
  const [name, ...rest] = path;
  return name === undefined ? [value] : valuesAt(memberOf(value, name), rest);
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

import { gone, namesVersion, notFound } from '@chartgate/fhir';
import type { Read } from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';
import type { ResourceReader, StoredVersion } from '../store/ports.ts';
import { type Answer, answerWith } from './answer.ts';
import { requireKnown, resultParameters } from './parameters.ts';
import type { FhirContext, FhirRequest, Place } from './request.ts';
import { showOf } from './show.ts';

/** FHIR read, also conditional. @see https://hl7.org/fhir/R4/http.html#read */
export async function readRequest(
  { type, id }: Place,
  request: FhirRequest,
  { rights, store }: FhirContext<ResourceReader>,
): Promise<Answer> {
  requireKnown(request, resultParameters);
  const show = showOf(request.query, type);
  const found = await read(rights.require({ code: 'read', type, id }), store);
  return isKnown(request, found) ? notModified(found) : answerWith(200, show(found));
}

/** @throws {FhirError} 404 unknown or hidden, 410 deleted */
export async function read(permitted: Permitted<Read>, store: Pick<ResourceReader, 'read'>): Promise<StoredVersion> {
  const { type, id } = permitted.interaction;
  const found = await store.read(permitted);
  if (!found) throw notFound(`${type}/${id}`);
  if (found.method === 'DELETE') throw gone(`${type}/${id}`);
  return found;
}

/**
 * Whether the client has this version already. Where `If-None-Match` is sent, `If-Modified-Since` counts for nothing; it
 * knows whole seconds. @see https://hl7.org/fhir/R4/http.html#cread
 */
export function isKnown(
  { ifNoneMatch, ifModifiedSince }: FhirRequest,
  { version, lastUpdated }: StoredVersion,
): boolean {
  if (ifNoneMatch !== undefined) return namesVersion(ifNoneMatch, version);
  return ifModifiedSince !== undefined && Math.floor(lastUpdated / 1000) * 1000 <= ifModifiedSince;
}

export function notModified({ version, lastUpdated }: StoredVersion): Answer {
  return { status: 304, version, lastModified: lastUpdated };
}

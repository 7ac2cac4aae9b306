import { isResourceType } from '../definitions/type.ts';

/** A reference's text taken apart. */
export type ParsedReference =
  | { readonly kind: 'local'; readonly type: string; readonly id: string; readonly version?: string }
  /** An absolute URL. With `type` and `id` where it has the form of a RESTful one. */
  | { readonly kind: 'absolute'; readonly url: string; readonly type?: string; readonly id?: string }
  /** `#id`: a contained resource. */
  | { readonly kind: 'contained'; readonly id: string; readonly type?: undefined }
  /** `urn:uuid:…`, a conditional reference (`Patient?identifier=…`) or anything else. */
  | { readonly kind: 'other'; readonly text: string; readonly type?: undefined };

const restful =
  /^(?:(https?:\/\/[^#?]+)\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?$/;

/** @see https://hl7.org/fhir/R4/references.html#literal */
export function parseReference(text: string): ParsedReference {
  if (text.startsWith('#')) return { kind: 'contained', id: text.slice(1) };
  const [, base, type = '', id = '', version] = restful.exec(text) ?? [];
  if (isResourceType(type)) {
    if (base !== undefined) return { kind: 'absolute', url: text, type, id };
    return version === undefined ? { kind: 'local', type, id } : { kind: 'local', type, id, version };
  }
  return /^https?:/.test(text) ? { kind: 'absolute', url: text } : { kind: 'other', text };
}

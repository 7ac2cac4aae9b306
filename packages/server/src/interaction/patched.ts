import { badRequest, unprocessable } from '@chartgate/fhir';
import type { Content } from '../access/interaction.ts';
import type { StoredVersion } from '../store/ports.ts';

/** The body of a PATCH: a JSON Patch as compact text, or Parameters with a FHIRPath Patch. */
export type Patch =
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'fhirpath'; readonly content: Content };

export function patchOf(content: Content): Patch {
  throw badRequest('not there');
}

export function patched(_current: StoredVersion, _patch: Patch): Content {
  throw unprocessable('not there');
}

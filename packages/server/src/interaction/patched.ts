import {
  applyFhirPathPatch,
  applyJsonPatch,
  badRequest,
  compactJson,
  FhirError,
  isExactNumber,
  issue,
  parseExact,
  parseResource,
  stringifyExact,
  unprocessable,
} from '@chartgate/fhir';
import type { Content } from '../access/interaction.ts';
import type { StoredVersion } from '../store/ports.ts';
import { requireValid, type WriteRules } from './content.ts';

/** The body of a PATCH, as compact JSON text: a JSON Patch, or Parameters with a FHIRPath Patch. */
export type Patch = { readonly kind: 'json' | 'fhirpath'; readonly text: string };

/** Characters that a patched resource may have: what a body may have. */
const largest = 8 * 1024 * 1024;

/**
 * The patch that a resource stands for: Parameters for a FHIRPath Patch, in a bundle also a Binary with a JSON Patch.
 * @throws {FhirError} 400 for anything else
 * @see https://hl7.org/fhir/R4/http.html#jsonpatch-transaction
 */
export function patchOf({ resource, text }: Content): Patch {
  if (resource.resourceType === 'Parameters') return { kind: 'fhirpath', text };
  const { contentType, data } = resource;
  if (resource.resourceType === 'Binary' && contentType === 'application/json-patch+json' && typeof data === 'string') {
    return { kind: 'json', text: compactJson(Buffer.from(data, 'base64').toString('utf8')) };
  }
  throw badRequest('Expected Parameters with a FHIRPath Patch, or in a Bundle a Binary with a JSON Patch.');
}

/**
 * What a patch makes of a version: validated like any write, decimals as written. Type and id stay.
 * @throws {FhirError} 400 for what is no patch or makes the resource invalid, 422 where it cannot be applied
 */
export function patched({ type, id, body }: StoredVersion, { kind, text }: Patch, rules: WriteRules): Content {
  const apply = kind === 'json' ? applyJsonPatch : applyFhirPathPatch;
  const result = apply(parseExact(body), parseExact(text));
  requireSmall(result);
  const content = parseResource(stringifyExact(result));
  if (content.resource.resourceType === type && content.resource.id === id) return requireValid(content, rules);
  throw unprocessable(`A patch cannot change the type or the id of a resource. ${type}/${id} stays as it was.`);
}

/** Copies of long texts grow beyond all bounds; this counts them before they are written out. */
function requireSmall(result: unknown): void {
  let size = 0;
  const waiting: unknown[] = [result];
  while (waiting.length > 0) {
    const value = waiting.pop();
    size += typeof value === 'string' ? value.length + 3 : 5;
    if (size > largest) {
      throw new FhirError(422, [
        issue('too-costly', `The patch makes the resource larger than ${largest} characters.`),
      ]);
    }
    if (typeof value !== 'object' || value === null || isExactNumber(value)) continue;
    for (const inner of Object.values(value)) waiting.push(inner);
  }
}

import { badRequest } from '../outcome/fhir-error.ts';
import type { Resource } from '../resource/resource.ts';
import { compactJson } from './compact.ts';
import type { JsonLimits } from './limits.ts';

/** A resource as an object and as the compact JSON text that was sent, decimals as written. */
export type ResourceContent = { readonly resource: Resource; readonly text: string };

/**
 * Reads the JSON text of one resource. Says nothing about its members beyond `resourceType`: `validate` does.
 * @throws {FhirError} 400 for what `compactJson` refuses or what is no resource; 413 for too many elements.
 */
export function parseResource(text: string, limits: Partial<JsonLimits> = {}): ResourceContent {
  const compact = compactJson(text, limits);
  return contentOf(JSON.parse(compact), compact);
}

/** Pairs a parsed value with its text. @throws {FhirError} 400 naming `expression` where the value is no resource. */
export function contentOf(value: unknown, text: string, expression?: string): ResourceContent {
  if (!isResource(value)) {
    throw badRequest('Expected a FHIR resource: a JSON object with the text member "resourceType".', expression);
  }
  return { resource: value, text };
}

function isResource(value: unknown): value is Resource {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return 'resourceType' in value && typeof value.resourceType === 'string' && value.resourceType !== '';
}

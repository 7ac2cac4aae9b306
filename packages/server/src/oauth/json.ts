import { compactJson, FhirError } from '@chartgate/fhir';

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON object in a text that a stranger sent, or why it is none (never with its content): depth is bounded, and no
 * member may come twice, for two readers could take different ones.
 */
export function readJsonObject(text: string): JsonObject | string {
  try {
    const value: unknown = JSON.parse(compactJson(text, { depth: 12, elements: 20_000 }));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as JsonObject) : 'It must be a JSON object.';
  } catch (error) {
    if (error instanceof FhirError) return error.message;
    throw error;
  }
}

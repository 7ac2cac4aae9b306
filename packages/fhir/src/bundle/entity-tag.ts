/** Versions that `If-Match` or `If-None-Match` names: any there is, or one of these version ids. */
export type EntityTags = '*' | readonly string[];

/** Tags that one condition may name. */
const maxTags = 50;

/**
 * Reads `*`, `W/"3"`, `"3"` or several of these separated by commas; undefined for anything else. FHIR's tags are weak
 * ones that are compared by version id. @see https://hl7.org/fhir/R4/http.html#versionaware
 */
export function parseEntityTags(text: string): EntityTags | undefined {
  if (text.trim() === '*') return '*';
  const ids: string[] = [];
  for (const tag of text.split(',')) {
    const id = /^\s*(?:W\/)?"([A-Za-z0-9\-.]{1,64})"\s*$/.exec(tag)?.[1];
    if (id === undefined || ids.push(id) > maxTags) return undefined;
  }
  return ids;
}

/** Whether the version is among those named. */
export function namesVersion(tags: EntityTags, version: number): boolean {
  return tags === '*' || tags.includes(String(version));
}

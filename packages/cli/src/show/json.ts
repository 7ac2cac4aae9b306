declare global {
  interface JSON {
    /** Text that stringify copies as it is. @see https://tc39.es/proposal-json-parse-with-source/ */
    rawJSON(text: string): object;
  }
}

/** Parses JSON so that stringify writes each number as it was: `1.50` is not `1.5` to FHIR. */
export function parseLossless(text: string): unknown {
  const keep = (_name: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && context?.source !== undefined ? JSON.rawJSON(context.source) : value;
  return JSON.parse(text, keep as (name: string, value: unknown) => unknown);
}

/** The resources of a Bundle's text, one line of JSON each. OperationOutcomes of the search are left out. */
export function losslessLines(bundle: string): readonly string[] {
  const { entry = [] } = parseLossless(bundle) as { readonly entry?: readonly Entry[] };
  return entry.flatMap(({ resource, search }) =>
    resource && search?.mode !== 'outcome' ? [JSON.stringify(resource)] : [],
  );
}

type Entry = { readonly resource?: object; readonly search?: { readonly mode?: string } };

/** A number whose digits a JavaScript number does not keep, such as `1.50`. */
export type ExactNumber = { readonly rawJSON: string };

/** What ECMAScript's "JSON.parse source text access" adds; the compiler's library does not know it yet. */
type ExactJson = {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): ExactNumber;
  isRawJSON(value: unknown): value is ExactNumber;
};

const json = JSON as unknown as ExactJson;

/**
 * Parses JSON so that {@link stringifyExact} writes each number as it was: one that JavaScript prints otherwise
 * (`1.50`, `1e2`, 20 digits) is an {@link ExactNumber}, any other a number.
 * @throws {SyntaxError} for what is no JSON
 * @see https://hl7.org/fhir/R4/json.html#decimal
 */
export function parseExact(text: string): unknown {
  return json.parse(text, (_, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value,
  );
}

/** JSON with all numbers as they were read. */
export function stringifyExact(value: unknown): string {
  return JSON.stringify(value);
}

export function isExactNumber(value: unknown): value is ExactNumber {
  return json.isRawJSON(value);
}

/** How a number of either kind is written; undefined for anything else. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return isExactNumber(value) ? value.rawJSON : undefined;
}

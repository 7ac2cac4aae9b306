/** Characters of a normalized string that are indexed; a search for more matches by these. */
export const stringLength = 200;

/** A string as it is indexed. U+0000 cannot be stored as text. */
export function storable(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', '') : text).slice(0, stringLength);
}

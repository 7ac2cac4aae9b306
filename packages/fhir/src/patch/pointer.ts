import { isTree, type Tree } from './tree.ts';

/** The reference tokens of a JSON Pointer, `~` escapes undone. */
export type Pointer = readonly string[];

/**
 * Parses a JSON Pointer; undefined for a text that is none.
 * @see https://www.rfc-editor.org/rfc/rfc6901#section-3
 */
export function parsePointer(text: string): Pointer | undefined {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value a pointer leads to; undefined where there is none, which no JSON value is. */
export function valueAt(document: unknown, pointer: Pointer): unknown {
  let value = document;
  for (const token of pointer) {
    if (Array.isArray(value)) value = value[indexOf(token, value.length - 1) ?? -1];
    else value = isTree(value) && Object.hasOwn(value, token) ? value[token] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

/** An index without leading zeros, up to `last`; undefined for anything else. */
export function indexOf(token: string, last: number): number | undefined {
  if (!/^(?:0|[1-9]\d{0,9})$/.test(token)) return undefined;
  const index = Number(token);
  return index <= last ? index : undefined;
}

/** Whether a pointer leads to what another one leads to, or into it. */
export function isWithin(inner: Pointer, outer: Pointer): boolean {
  return outer.every((token, at) => inner[at] === token);
}

export type Container = Tree | unknown[];

export function isContainer(value: unknown): value is Container {
  return Array.isArray(value) || isTree(value);
}

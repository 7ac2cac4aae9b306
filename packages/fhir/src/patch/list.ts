import type { Tree } from './tree.ts';

/** A value and what JSON keeps beside it in `_member`; null stands for none. */
export type Entry = { readonly value: unknown; readonly companion: unknown };

/** The values of a repeating element, each with its companion. */
export function entriesOf(json: Tree, member: string): Entry[] {
  const [values, companions] = [arrayIn(json, member), arrayIn(json, `_${member}`)];
  const length = Math.max(values.length, companions.length);
  return Array.from({ length }, (_, at) => ({ value: values[at] ?? null, companion: companions[at] ?? null }));
}

function arrayIn(json: Tree, member: string): readonly unknown[] {
  const value = Object.hasOwn(json, member) ? json[member] : undefined;
  return Array.isArray(value) ? value : [];
}

/** Writes a repeating element back. FHIR has no empty arrays, so what is empty goes. */
export function writeEntries(json: Tree, member: string, entries: readonly Entry[]): void {
  writeArray(
    json,
    member,
    entries.map(({ value }) => value),
  );
  writeArray(
    json,
    `_${member}`,
    entries.map(({ companion }) => companion),
  );
}

function writeArray(json: Tree, member: string, values: readonly unknown[]): void {
  if (values.every((value) => value === null)) delete json[member];
  else json[member] = values;
}

/** Writes an element that does not repeat. */
export function writeEntry(json: Tree, member: string, { value, companion }: Entry): void {
  if (value === null) delete json[member];
  else json[member] = value;
  if (companion === null) delete json[`_${member}`];
  else json[`_${member}`] = companion;
}

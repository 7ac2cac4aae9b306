import type { ElementDefinitionJson, StructureDefinition } from './structure-definition.ts';

type Elements = readonly ElementDefinitionJson[];

/** Profiles of profiles of … */
const maxAncestors = 20;
const maxChanges = 5_000;

/**
 * The elements of a profile: its snapshot, or else its differential applied to those of the profile it is based on. What
 * the differential does not touch inside of data types is left out, as the types' own definitions hold there anyway.
 * @param find finds the StructureDefinition of a canonical
 * @returns undefined where neither is there
 * @see https://hl7.org/fhir/R4/profiling.html#snapshot
 */
export function elementsOf(
  definition: StructureDefinition,
  find: (canonical: string) => StructureDefinition | undefined,
  ancestors = 0,
): Elements | undefined {
  const { snapshot, differential, derivation, baseDefinition } = definition;
  if (snapshot?.element && snapshot.element.length > 0) return snapshot.element;
  const changes = differential?.element ?? [];
  if (
    derivation !== 'constraint' ||
    baseDefinition === undefined ||
    ancestors > maxAncestors ||
    changes.length > maxChanges
  )
    return undefined;
  const base = find(baseDefinition);
  const elements = base && elementsOf(base, find, ancestors + 1);
  return elements && applied(elements, changes);
}

function applied(base: Elements, changes: Elements): Elements {
  const elements = [...base];
  for (const change of changes) apply(elements, { ...change, id: change.id ?? idOf(change) });
  return elements;
}

type Change = ElementDefinitionJson & { readonly id: string };

/** Tools write ids; for those that do not, a slice of the last element alone can be told. */
function idOf({ path, sliceName }: ElementDefinitionJson): string {
  return sliceName === undefined ? path : `${path}:${sliceName}`;
}

function apply(elements: ElementDefinitionJson[], change: Change): void {
  const at = indexOf(elements, change.id);
  const known = elements[at];
  if (known) elements[at] = constrained(known, change);
  else insert(elements, change);
}

function indexOf(elements: Elements, id: string): number {
  return elements.findIndex((element) => (element.id ?? idOf(element)) === id);
}

/** Constraints add up; of all else the profile's own word counts. */
function constrained(element: ElementDefinitionJson, change: Change): ElementDefinitionJson {
  const constraint = [...(element.constraint ?? []), ...(change.constraint ?? [])];
  return { ...element, ...change, path: element.path, ...(constraint.length > 0 ? { constraint } : {}) };
}

/** Puts an element that the base does not spell out where it belongs: below its parent, or after what it is a slice of. */
function insert(elements: ElementDefinitionJson[], change: Change): void {
  const parentId = parentOf(change.id);
  if (parentId === undefined) return;
  let parent = indexOf(elements, parentId);
  if (parent < 0) {
    const segments = change.path.split('.').length - 1;
    insert(elements, { id: parentId, path: change.path.split('.').slice(0, segments).join('.'), ...sliceOf(parentId) });
    parent = indexOf(elements, parentId);
  }
  const head = headOf(elements, change);
  const inherited = head ?? elements.find(({ id }) => id === withoutSlices(change.id));
  const { slicing, constraint, min, ...rest } = inherited ?? {};
  elements.splice(positionOf(elements, parent, head), 0, { ...rest, ...change });
}

/** `Patient.name:official` is below `Patient`; `Patient.name:official.use` below `Patient.name:official`. */
function parentOf(id: string): string | undefined {
  const at = id.lastIndexOf('.');
  return at < 0 ? undefined : id.slice(0, at);
}

function sliceOf(id: string): { readonly sliceName?: string } {
  const sliceName = /:([^.]*)$/.exec(id)?.[1];
  return sliceName === undefined ? {} : { sliceName };
}

function withoutSlices(id: string): string {
  return id.replace(/:[^.]*/g, '');
}

function headOf(elements: Elements, { id, sliceName }: Change): ElementDefinitionJson | undefined {
  return sliceName === undefined ? undefined : elements[indexOf(elements, id.slice(0, id.lastIndexOf(':')))];
}

/** After all that is inside of the parent, or after the element that is sliced, what is inside of it and its other slices. */
function positionOf(elements: Elements, parent: number, head: ElementDefinitionJson | undefined): number {
  const from = head ? elements.indexOf(head) : parent;
  const { path } = elements[from]!;
  let at = from + 1;
  while (at < elements.length && isWithin(elements[at]!, path, head !== undefined)) at += 1;
  return at;
}

function isWithin(element: ElementDefinitionJson, path: string, orSlice: boolean): boolean {
  return element.path.startsWith(`${path}.`) || (orSlice && element.path === path);
}

import type { ElementDefinition } from '../definitions/element.ts';
import { isPrimitive, isResourceType, typeDefinition } from '../definitions/type.ts';
import { checkFhirPath } from '../fhirpath/check.ts';
import { FhirPathError } from '../fhirpath/error.ts';
import type { Collection, Place, TypedValue } from '../fhirpath/value.ts';
import { badRequest } from '../outcome/fhir-error.ts';
import type { Refuse } from './error.ts';
import { type FhirPathOperation, parseFhirPathPatch } from './fhirpath-operation.ts';
import { requireDepth } from './json-patch.ts';
import { patchLimits } from './limits.ts';
import { type Entry, entriesOf, writeEntries, writeEntry } from './list.ts';
import { addElement, elementNamed, type PatchValue, placedAs } from './patch-value.ts';
import { copyOf, isTree, sizeOf, type Tree } from './tree.ts';

/**
 * Applies a FHIRPath Patch, a Parameters resource, to a resource and returns the result; neither argument changes. Give
 * both as `parseExact` reads them, and decimals stay as written. The result is to be validated like an update.
 * @throws {FhirError} 400 for what is no FHIRPath Patch, 422 for one that cannot be applied
 * @see https://hl7.org/fhir/R4/fhirpatch.html
 */
export function applyFhirPathPatch(resource: unknown, parameters: unknown): unknown {
  const operations = parseFhirPathPatch(copyOf(parameters));
  const json = copyOf(resource);
  const type = isTree(json) ? json.resourceType : undefined;
  if (!isTree(json) || typeof type !== 'string' || !isResourceType(type))
    throw badRequest('Expected a resource to patch.');
  const root: TypedValue = { type, value: json, place: { kind: 'root' } };
  let mayAdd: number = patchLimits.added;
  for (const operation of operations) {
    if ('value' in operation) mayAdd -= sizeOf(operation.value, mayAdd);
    if (mayAdd < 0)
      throw operation.refuse.inapplicable('The patch adds too many values. Send an update.', 'too-costly');
    apply(operation, root, Math.floor(patchLimits.steps / operations.length));
  }
  requireDepth(json);
  return json;
}

function apply(operation: FhirPathOperation, root: TypedValue, steps: number): void {
  const { refuse } = operation;
  const items = evaluated(operation, root, steps);
  if (items.length === 0) requireElements(operation, root);
  switch (operation.type) {
    case 'add': {
      const holder = single(items, refuse);
      addElement({ json: jsonOf(holder, refuse), type: holder.type, refuse }, operation.name, operation.value);
      break;
    }
    case 'insert':
      insert(listOf(items, refuse), operation.index, operation.value);
      break;
    case 'delete':
      // What is not there is deleted already.
      if (items.length > 0) remove(single(items, refuse), refuse);
      break;
    case 'replace':
      replace(single(items, refuse), operation.value, refuse);
      break;
    case 'move':
      move(listOf(items, refuse), operation);
      break;
    default:
      operation satisfies never;
  }
}

/** References are resolved inside of the resource alone: a patch changes nothing else. */
function evaluated({ path, refuse }: FhirPathOperation, root: TypedValue, steps: number): Collection {
  try {
    return path.evaluate(root, { resource: root, rootResource: root, steps });
  } catch (error) {
    if (error instanceof FhirPathError) throw refuse.inapplicable(`The path cannot be evaluated. ${error.message}`);
    throw error;
  }
}

/** A name that is spelled wrong leads to nothing, which a delete would pass over in silence. */
function requireElements({ path, refuse }: FhirPathOperation, { type }: TypedValue): void {
  const [problem] = checkFhirPath(path.text, type);
  if (problem !== undefined) throw refuse.inapplicable(`Its path leads nowhere. ${problem}`, 'not-found');
}

function single(items: Collection, refuse: Refuse): TypedValue {
  const [item, ...more] = items;
  if (!item) throw refuse.inapplicable('There is nothing at its path.', 'not-found');
  if (more.length > 0)
    throw refuse.inapplicable(`Its path leads to ${items.length} elements, not to one.`, 'multiple-matches');
  return item;
}

type ElementPlace = Extract<Place, { readonly kind: 'element' }>;

/** Where an item stands. @throws {FhirError} 422 for the resource itself, and for what is not part of it */
function placeOf({ place }: TypedValue, refuse: Refuse): ElementPlace {
  if (place?.kind === 'element') return place;
  throw refuse.inapplicable('Its path must lead to an element of the resource.', 'value');
}

/** The JSON that the elements of an item are members of; made where a primitive has none yet. */
function jsonOf(item: TypedValue, refuse: Refuse): Tree {
  if (!isPrimitive(item.type)) {
    if (isTree(item.value) && item.place) return item.value;
    throw refuse.inapplicable('Its path must lead to an element of the resource.', 'value');
  }
  if (isTree(item.companion)) return item.companion;
  const { holder, member, index } = placeOf(item, refuse);
  const json = jsonOf(holder, refuse);
  const companion: Tree = {};
  if (index === undefined) {
    json[`_${member}`] = companion;
  } else {
    writeEntries(json, member, entriesOf(json, member).with(index, { value: item.value ?? null, companion }));
  }
  return companion;
}

type List = {
  readonly json: Tree;
  readonly member: string;
  readonly element: ElementDefinition;
  readonly entries: Entry[];
  readonly refuse: Refuse;
};

/** The list that a path leads to: all of its items and no other. */
function listOf(items: Collection, refuse: Refuse): List {
  const [first] = items;
  if (!first)
    throw refuse.inapplicable('There is nothing at its path. Use add for the first element of a list.', 'not-found');
  const { holder, member, index } = placeOf(first, refuse);
  const json = jsonOf(holder, refuse);
  const entries = entriesOf(json, member);
  const isWhole = items.every(({ place }, at) => {
    return (
      place?.kind === 'element' && place.holder.value === holder.value && place.member === member && place.index === at
    );
  });
  if (index === undefined || !isWhole || items.length !== entries.length) {
    throw refuse.inapplicable('Its path must lead to a whole list, such as Patient.name.', 'value');
  }
  return { json, member, element: elementNamed(holder.type, member, refuse), entries, refuse };
}

function insert({ json, member, element, entries, refuse }: List, index: number, value: PatchValue): void {
  if (index > entries.length)
    throw refuse.inapplicable(`The list has ${entries.length} elements; its index is behind them.`);
  writeEntries(json, member, entries.toSpliced(index, 0, placedAs(element, value, refuse).entry));
}

function move(
  { json, member, entries, refuse }: List,
  { source, destination }: { readonly source: number; readonly destination: number },
): void {
  const [moved] = entries.slice(source, source + 1);
  if (!moved || destination >= entries.length) {
    throw refuse.inapplicable(`The list has ${entries.length} elements; its source or destination is behind them.`);
  }
  writeEntries(json, member, entries.toSpliced(source, 1).toSpliced(destination, 0, moved));
}

function remove(item: TypedValue, refuse: Refuse): void {
  const { holder, member, index } = placeOf(item, refuse);
  const json = jsonOf(holder, refuse);
  if (index === undefined) writeEntry(json, member, { value: null, companion: null });
  else writeEntries(json, member, entriesOf(json, member).toSpliced(index, 1));
  if (Object.keys(json).length === 0 && holder.place?.kind === 'element') removeEmpty(holder, refuse);
}

/** FHIR has no empty elements. A primitive that loses its extensions keeps its value. */
function removeEmpty(item: TypedValue, refuse: Refuse): void {
  if (!isPrimitive(item.type) || item.value === undefined) {
    remove(item, refuse);
    return;
  }
  const { holder, member, index } = placeOf(item, refuse);
  const json = jsonOf(holder, refuse);
  const entry = { value: item.value, companion: null };
  if (index === undefined) writeEntry(json, member, entry);
  else writeEntries(json, member, entriesOf(json, member).with(index, entry));
}

function replace(item: TypedValue, value: PatchValue, refuse: Refuse): void {
  const { holder, member, index } = placeOf(item, refuse);
  const json = jsonOf(holder, refuse);
  const name = elementOf(holder.type, member, refuse);
  const placed = placedAs(elementNamed(holder.type, name, refuse), value, refuse);
  if (index !== undefined) {
    writeEntries(json, member, entriesOf(json, member).with(index, placed.entry));
    return;
  }
  writeEntry(json, member, { value: null, companion: null });
  writeEntry(json, placed.member, placed.entry);
}

/** The name of the element that a JSON member is of: `value` of `valueQuantity`, so that another type may take its place. */
function elementOf(type: string, member: string, refuse: Refuse): string {
  const { elements } = typeDefinition(isPrimitive(type) ? 'Element' : type);
  const element = elements.find(({ types }) => types.some((each) => each.member === member));
  if (!element) throw refuse.inapplicable(`${type} has no such element.`, 'not-found');
  return element.name;
}

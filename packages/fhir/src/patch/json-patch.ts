import { jsonLimits } from '../json/limits.ts';
import { FhirError } from '../outcome/fhir-error.ts';
import { issue } from '../outcome/outcome.ts';
import { type Refuse, refusing } from './error.ts';
import { type JsonOperation, parseJsonPatch } from './json-operation.ts';
import { patchLimits } from './limits.ts';
import { type Container, indexOf, isContainer, isWithin, type Pointer, valueAt } from './pointer.ts';
import { copyOf, depthOf, isSame, sizeOf, type Tree } from './tree.ts';

/**
 * Applies a JSON Patch to a resource and returns the result; neither argument changes. Arrays and objects that the patch
 * takes the last element out of go, too: FHIR has no empty ones. Give both as `parseExact` reads them, and decimals stay
 * as written. Says nothing about the result beyond its depth: it is to be validated like an update.
 * @throws {FhirError} 400 for what is no JSON Patch, 422 for one that cannot be applied or whose `test` fails
 * @see https://hl7.org/fhir/R4/http.html#patch
 * @see https://www.rfc-editor.org/rfc/rfc6902
 */
export function applyJsonPatch(resource: unknown, operations: unknown): unknown {
  const patch: Patch = { root: copyOf(resource), emptied: [], mayAdd: patchLimits.added, refuse: refusing(0) };
  for (const [index, operation] of parseJsonPatch(operations).entries()) {
    patch.refuse = refusing(index);
    apply(patch, operation);
  }
  for (const path of patch.emptied) dropEmpty(patch, path);
  requireDepth(patch.root);
  return patch.root;
}

/** @throws {FhirError} 422 for a result with more objects and arrays inside each other than a body may have */
export function requireDepth(result: unknown): void {
  if (depthOf(result) <= jsonLimits.depth) return;
  const why = `The patch puts more than ${jsonLimits.depth} objects and arrays inside each other.`;
  throw new FhirError(422, [issue('too-costly', why)]);
}

/** A patch under way. `emptied` are places something was taken out of; `refuse` is about the operation at hand. */
type Patch = { root: unknown; readonly emptied: Pointer[]; mayAdd: number; refuse: Refuse };

function apply(patch: Patch, operation: JsonOperation): void {
  switch (operation.op) {
    case 'add':
      add(patch, operation.path, bounded(patch, operation.value));
      break;
    case 'remove':
      remove(patch, operation.path);
      break;
    case 'replace':
      replace(patch, operation.path, bounded(patch, operation.value));
      break;
    case 'move':
      move(patch, operation);
      break;
    case 'copy':
      add(patch, operation.path, bounded(patch, existing(patch, operation.from, 'from')));
      break;
    case 'test':
      if (!isSame(existing(patch, operation.path, 'path'), operation.value)) {
        throw patch.refuse.inapplicable(
          'The test failed: the resource has another value there. Read it again.',
          'conflict',
        );
      }
      break;
    default:
      operation satisfies never;
  }
}

/** A copy of what is to be put in. Copies of copies grow fast, so all that is added is counted. */
function bounded(patch: Patch, value: unknown): unknown {
  patch.mayAdd -= sizeOf(value, patch.mayAdd);
  if (patch.mayAdd < 0) {
    throw patch.refuse.inapplicable(
      `The patch adds more than ${patchLimits.added} values. Send an update.`,
      'too-costly',
    );
  }
  return copyOf(value);
}

function existing(patch: Patch, pointer: Pointer, member: 'path' | 'from'): unknown {
  const value = valueAt(patch.root, pointer);
  if (value === undefined) throw patch.refuse.inapplicable(`There is nothing at its ${member}.`, 'not-found');
  return value;
}

/** What a pointer's last token is to be found in. */
function containerOf(patch: Patch, path: Pointer): Container {
  const container = valueAt(patch.root, path.slice(0, -1));
  if (!isContainer(container))
    throw patch.refuse.inapplicable('There is no object or array that its path leads into.', 'not-found');
  return container;
}

function add(patch: Patch, path: Pointer, value: unknown): void {
  const last = path.at(-1);
  if (last === undefined) {
    patch.root = value;
    return;
  }
  const container = containerOf(patch, path);
  if (!Array.isArray(container)) {
    container[last] = value;
    return;
  }
  const index = last === '-' ? container.length : indexOf(last, container.length);
  if (index === undefined)
    throw patch.refuse.inapplicable('Its path has an index that is not in the array, nor just behind it.');
  container.splice(index, 0, value);
}

function remove(patch: Patch, path: Pointer): void {
  existing(patch, path, 'path');
  const last = path.at(-1);
  if (last === undefined) throw patch.refuse.inapplicable('A resource cannot be removed by a patch. Send a delete.');
  const container = containerOf(patch, path);
  if (Array.isArray(container)) container.splice(Number(last), 1);
  else delete container[last];
  if (isEmpty(container)) patch.emptied.push(path.slice(0, -1));
}

function replace(patch: Patch, path: Pointer, value: unknown): void {
  existing(patch, path, 'path');
  const last = path.at(-1);
  if (last === undefined) {
    patch.root = value;
    return;
  }
  const container = containerOf(patch, path);
  if (Array.isArray(container)) container[Number(last)] = value;
  else container[last] = value;
}

function move(patch: Patch, { path, from }: { readonly path: Pointer; readonly from: Pointer }): void {
  const value = existing(patch, from, 'from');
  if (isWithin(path, from)) {
    if (path.length === from.length) return;
    throw patch.refuse.inapplicable('Nothing can be moved into itself.');
  }
  remove(patch, from);
  add(patch, path, value);
}

function isEmpty(container: Container): boolean {
  return Object.keys(container).length === 0;
}

/** Takes away what is empty at a place, and what becomes empty by that; the resource itself stays. */
function dropEmpty(patch: Patch, path: Pointer): void {
  for (let at = path; at.length > 0; at = at.slice(0, -1)) {
    const value = valueAt(patch.root, at);
    const holder = valueAt(patch.root, at.slice(0, -1));
    if (!isContainer(value) || !isEmpty(value)) return;
    if (!Array.isArray(holder)) delete (holder as Tree)[at.at(-1)!];
    // The extensions of a list's primitives stand beside their values, each at the index of its own.
    else if (at.at(-2)?.startsWith('_')) holder[Number(at.at(-1))] = null;
    else holder.splice(Number(at.at(-1)), 1);
  }
}

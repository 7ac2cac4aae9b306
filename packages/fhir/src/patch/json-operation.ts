import { badRequest } from '../outcome/fhir-error.ts';
import { type Refuse, refusing } from './error.ts';
import { patchLimits } from './limits.ts';
import { type Pointer, parsePointer } from './pointer.ts';
import { isTree, type Tree } from './tree.ts';

/** An operation of a JSON Patch. @see https://www.rfc-editor.org/rfc/rfc6902#section-4 */
export type JsonOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: Pointer; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: Pointer }
  | { readonly op: 'move' | 'copy'; readonly path: Pointer; readonly from: Pointer };

/**
 * Reads a JSON Patch document. Members an operation does not have are ignored, as the RFC says.
 * @throws {FhirError} 400 naming the first operation that is none, or too many of them
 */
export function parseJsonPatch(document: unknown): readonly JsonOperation[] {
  if (!Array.isArray(document)) throw badRequest('A JSON Patch is an array of operations (RFC 6902).');
  if (document.length > patchLimits.operations) {
    throw badRequest(`The patch has more than ${patchLimits.operations} operations. Send it in parts.`);
  }
  return document.map((operation, index) => parseOperation(operation, refusing(index)));
}

function parseOperation(operation: unknown, refuse: Refuse): JsonOperation {
  if (!isTree(operation)) throw refuse.malformed('Expected an object with the members op and path.');
  const { op } = operation;
  const path = pointerIn(operation, 'path', refuse);
  switch (op) {
    case 'add':
    case 'replace':
    case 'test':
      if (!Object.hasOwn(operation, 'value')) throw refuse.malformed(`The operation ${op} has a member value.`);
      return { op, path, value: operation.value };
    case 'remove':
      return { op, path };
    case 'move':
    case 'copy':
      return { op, path, from: pointerIn(operation, 'from', refuse) };
    default:
      throw refuse.malformed('The member op is one of add, remove, replace, move, copy and test.');
  }
}

function pointerIn(operation: Tree, member: 'path' | 'from', refuse: Refuse): Pointer {
  const text = Object.hasOwn(operation, member) ? operation[member] : undefined;
  const pointer = typeof text === 'string' ? parsePointer(text) : undefined;
  if (!pointer) throw refuse.malformed(`The member ${member} is a JSON Pointer (RFC 6901), such as /name/0/family.`);
  if (pointer.includes('__proto__')) throw refuse.malformed(`The member ${member} must not name __proto__.`);
  return pointer;
}

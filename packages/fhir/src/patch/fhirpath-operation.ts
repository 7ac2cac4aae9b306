import { FhirPathError } from '../fhirpath/error.ts';
import { compileFhirPath, type FhirPath } from '../fhirpath/fhirpath.ts';
import { badRequest } from '../outcome/fhir-error.ts';
import { type Refuse, refusing } from './error.ts';
import { patchLimits } from './limits.ts';
import { type PatchValue, parseValue } from './patch-value.ts';
import { isTree, type Tree } from './tree.ts';

/** An operation of a FHIRPath Patch. @see https://hl7.org/fhir/R4/fhirpatch.html */
export type FhirPathOperation = { readonly path: FhirPath; readonly refuse: Refuse } & (
  | { readonly type: 'add'; readonly name: string; readonly value: PatchValue }
  | { readonly type: 'insert'; readonly index: number; readonly value: PatchValue }
  | { readonly type: 'delete' }
  | { readonly type: 'replace'; readonly value: PatchValue }
  | { readonly type: 'move'; readonly source: number; readonly destination: number }
);

/**
 * Reads the Parameters of a FHIRPath Patch.
 * @throws {FhirError} 400 naming the first operation that is none, or too many of them
 */
export function parseFhirPathPatch(parameters: unknown): readonly FhirPathOperation[] {
  if (!isTree(parameters) || parameters.resourceType !== 'Parameters') {
    throw badRequest('A FHIRPath Patch is a Parameters resource with a parameter "operation" for each operation.');
  }
  const operations = parameters.parameter ?? [];
  if (!Array.isArray(operations)) throw badRequest('Expected an array of parameters.', 'Parameters.parameter');
  if (operations.length > patchLimits.operations) {
    throw badRequest(`The patch has more than ${patchLimits.operations} operations. Send it in parts.`);
  }
  return operations.map((operation, at) => parseOperation(operation, refusing(at, `Parameters.parameter[${at}]`)));
}

function parseOperation(operation: unknown, refuse: Refuse): FhirPathOperation {
  if (!isTree(operation) || operation.name !== 'operation' || !Array.isArray(operation.part)) {
    throw refuse.malformed('Expected a parameter with the name "operation" and parts.');
  }
  const parts = partsOf(operation.part, refuse);
  const path = pathIn(parts);
  const type = primitive(parts, 'type', 'valueCode');
  switch (type) {
    case 'add':
      return {
        type,
        path,
        refuse,
        name: text(parts, 'name'),
        value: parseValue(part(parts, 'value'), refuse),
      };
    case 'insert':
      return {
        type,
        path,
        refuse,
        index: index(parts, 'index'),
        value: parseValue(part(parts, 'value'), refuse),
      };
    case 'delete':
      return { type, path, refuse };
    case 'replace':
      return { type, path, refuse, value: parseValue(part(parts, 'value'), refuse) };
    case 'move':
      return {
        type,
        path,
        refuse,
        source: index(parts, 'source'),
        destination: index(parts, 'destination'),
      };
    default:
      throw refuse.malformed('The part type is a code: add, insert, delete, replace or move.');
  }
}

type Parts = { readonly named: ReadonlyMap<string, Tree>; readonly refuse: Refuse };

function partsOf(parts: readonly unknown[], refuse: Refuse): Parts {
  const found = new Map<string, Tree>();
  for (const part of parts) {
    const name = isTree(part) ? part.name : undefined;
    if (!isTree(part) || typeof name !== 'string') throw refuse.malformed('Each part has a name.');
    if (found.has(name)) throw refuse.malformed('Each part is given once.');
    found.set(name, part);
  }
  return { named: found, refuse };
}

function part({ named, refuse }: Parts, name: string): Tree {
  const found = named.get(name);
  if (!found) throw refuse.malformed(`The part ${name} is missing.`);
  return found;
}

function primitive(parts: Parts, name: string, member: string): unknown {
  const found = part(parts, name);
  return Object.hasOwn(found, member) ? found[member] : undefined;
}

function text(parts: Parts, name: string): string {
  const value = primitive(parts, name, 'valueString');
  if (typeof value !== 'string' || value === '') throw parts.refuse.malformed(`The part ${name} has a valueString.`);
  return value;
}

function index(parts: Parts, name: string): number {
  const value = primitive(parts, name, 'valueInteger');
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw parts.refuse.malformed(`The part ${name} has a valueInteger from 0 on.`);
  }
  return value;
}

function pathIn(parts: Parts): FhirPath {
  const expression = text(parts, 'path');
  try {
    return compileFhirPath(expression);
  } catch (error) {
    if (error instanceof FhirPathError) throw parts.refuse.malformed(`The path is no FHIRPath. ${error.message}`);
    throw error;
  }
}

import { type Item, isResourceItem, objectOf } from './item.ts';

const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const oid = /^urn:oid:[0-2](\.(0|[1-9]\d*))+$/;

/** Elements whose definitions ask for an absolute URI, by the type they are in. */
const absoluteElements: ReadonlySet<string> = new Set([
  'Coding.system',
  'ValueSet.compose.include.system',
  'ValueSet.expansion.contains.system',
]);

/**
 * A URI that says it is a UUID or an OID is one; those that identify something for everybody are absolute.
 * @see https://hl7.org/fhir/R4/datatypes.html#uri
 */
export function inspectUri(item: Item): void {
  const { value, parent, name, scope } = item;
  if (typeof value !== 'string' || !parent) return;
  if ((value.startsWith('urn:uuid:') && !uuid.test(value)) || (value.startsWith('urn:oid:') && !oid.test(value))) {
    const text = 'A urn:uuid is a UUID in lower case, a urn:oid is numbers with dots between.';
    scope.run.add({ severity: 'error', code: 'value', text, at: item });
  }
  // `url` of a resource with one is what others know it by.
  const isCanonical = name === 'url' && isResourceItem(parent) && objectOf(parent.value)?.status !== undefined;
  if (!isCanonical && !absoluteElements.has(`${parent.type}.${name}`)) return;
  if (absolute.test(value)) return;
  const text = 'This URI is known to everybody, and so must be absolute: begin it with http://, https:// or urn:.';
  scope.run.add({ severity: 'error', code: 'invalid', text, at: item });
}

import { isPrimitive, isType, typeDefinition } from '../definitions/type.ts';
import type { TypeSpecifier } from './ast.ts';
import { FhirPathError } from './error.ts';
import type { TypedValue } from './value.ts';

const systemPrefix = 'System.';

export function isSystem(type: string): boolean {
  return type.startsWith(systemPrefix);
}

/** Types that are special cases of others. @see https://hl7.org/fhir/R4/datatypes.html */
const bases: Readonly<Record<string, string>> = {
  code: 'string',
  id: 'string',
  markdown: 'string',
  url: 'uri',
  canonical: 'uri',
  oid: 'uri',
  uuid: 'uri',
  unsignedInt: 'integer',
  positiveInt: 'integer',
  Age: 'Quantity',
  Count: 'Quantity',
  Distance: 'Quantity',
  Duration: 'Quantity',
  SimpleQuantity: 'Quantity',
  BackboneElement: 'Element',
  DomainResource: 'Resource',
};

const roots = new Set(['Element', 'Resource']);

/** The type a FHIR type is a special case of. */
function baseOf(type: string): string | undefined {
  const base = Object.hasOwn(bases, type) ? bases[type] : undefined;
  if (base !== undefined || roots.has(type) || !isType(type)) return base;
  if (isPrimitive(type)) return 'Element';
  const { isResource, elements } = typeDefinition(type);
  const has = (name: string) => elements.some((element) => element.name === name);
  if (isResource) return has('contained') ? 'DomainResource' : 'Resource';
  return has('modifierExtension') ? 'BackboneElement' : 'Element';
}

const ancestors = new Map<string, readonly string[]>();

/** A FHIR type and all that it is a special case of. */
function ancestorsOf(type: string): readonly string[] {
  const cached = ancestors.get(type);
  if (cached) return cached;
  const base = baseOf(type);
  const found = base === undefined ? [type] : [type, ...ancestorsOf(base)];
  // Types come from resources, too: what R4 does not know is not remembered.
  if (isType(type)) ancestors.set(type, found);
  return found;
}

/** Whether a FHIR type is `name` or a special case of it. */
export function isKindOf(type: string, name: string): boolean {
  return type === name || ancestorsOf(type).includes(name);
}

/** `is`: whether an item is of a type or of a special case of it. */
export function isOfType({ type }: TypedValue, { namespace, name }: TypeSpecifier): boolean {
  if (isSystem(type)) return namespace !== 'FHIR' && type.slice(systemPrefix.length) === name;
  return namespace !== 'System' && isKindOf(type, name);
}

/**
 * `as` and `ofType`: like `is`, but a primitive only as exactly what it is: a code is no string there, as in the
 * reference implementation and in the expressions R4 is written in.
 */
export function isUsableAs(item: TypedValue, specifier: TypeSpecifier): boolean {
  return isPrimitive(item.type)
    ? item.type === specifier.name && specifier.namespace !== 'System'
    : isOfType(item, specifier);
}

/**
 * Refuses a name that no type has.
 * @throws {FhirPathError}
 */
export function requireType({ namespace, name }: TypeSpecifier): void {
  const isKnown = namespace === 'System' || isType(name) || (namespace === undefined && systemTypes.has(name));
  if (!isKnown) throw new FhirPathError(`R4 has no type ${name}. Types are named like Patient, code or System.String.`);
}

const systemTypes = new Set(['Boolean', 'String', 'Integer', 'Decimal', 'Date', 'DateTime', 'Time', 'Quantity', 'Any']);

/** What `type()` says. @see https://hl7.org/fhirpath/N1/#reflection */
export function typeInfo({ type }: TypedValue): TypedValue {
  const isOfSystem = isSystem(type);
  const name = isOfSystem ? type.slice(systemPrefix.length) : type.includes('.') ? (baseOf(type) ?? type) : type;
  return { type: 'System.TypeInfo', value: { namespace: isOfSystem ? 'System' : 'FHIR', name } };
}

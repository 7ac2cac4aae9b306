import { isPrimitive, isResourceType, type Resource, typeDefinition } from '@chartgate/fhir';
import { valueSet } from '../../packages/fhir/src/definitions/value-set.ts';

type ElementDefinition = ReturnType<typeof typeDefinition>['elements'][number];

/** A resource of a type with nothing in it but what R4 demands. */
export function minimalInstance(type: string): Resource {
  return { resourceType: type, ...requiredOf(type) } as Resource;
}

function requiredOf(type: string): Record<string, unknown> {
  const members = typeDefinition(type).elements.filter(({ min }) => min > 0);
  return Object.fromEntries(members.map(memberOf));
}

function memberOf(element: ElementDefinition): [string, unknown] {
  const [type] = element.types;
  if (!type) throw new Error(`${element.name} has no type`);
  const value = plausible(type.name, element);
  return [type.member, element.max > 1 ? [value] : value];
}

function plausible(type: string, { valueSet: canonical }: ElementDefinition): unknown {
  const [system, code] = firstCode(canonical);
  if (type === 'code') return code ?? 'x';
  if (type === 'Coding' && code !== undefined) return { system, code };
  if (type === 'CodeableConcept') return code === undefined ? { text: 'x' } : { coding: [{ system, code }] };
  if (isPrimitive(type)) return primitives[type];
  if (type === 'Resource') return { resourceType: 'Basic', code: { text: 'x' } };
  return isResourceType(type) ? minimalInstance(type) : { ...usual[type], ...requiredOf(type) };
}

function firstCode(canonical: string | undefined): readonly [system?: string, code?: string] {
  const [first] = Object.entries((canonical !== undefined && valueSet(canonical)) || {});
  return first?.[1]?.[0] === undefined ? [] : [first[0], first[1][0]];
}

/** What a data type has that demands nothing: an empty object is none in FHIR. */
const usual: Readonly<Record<string, object>> = {
  Reference: { display: 'x' },
  Identifier: { value: 'x' },
  Coding: { code: 'x' },
  Quantity: { value: 1 },
  SimpleQuantity: { value: 1 },
  Age: { value: 1 },
  Duration: { value: 1 },
  Money: { value: 1 },
  Range: { low: { value: 1 } },
  Ratio: { numerator: { value: 1 } },
  Period: { start: '2026-01-01' },
  Timing: { event: ['2026-01-01'] },
  Attachment: { title: 'x' },
  HumanName: { text: 'x' },
  Address: { text: 'x' },
  ContactPoint: { value: 'x' },
  Meta: { source: 'http://a.example' },
};

const primitives: Readonly<Record<string, unknown>> = {
  base64Binary: 'eA==',
  boolean: true,
  canonical: 'http://a.example/x',
  date: '2026-01-01',
  dateTime: '2026-01-01',
  decimal: 1.0,
  id: 'x',
  instant: '2026-01-01T00:00:00Z',
  integer: 1,
  markdown: 'x',
  oid: 'urn:oid:1.2.3',
  positiveInt: 1,
  string: 'x',
  time: '12:00:00',
  unsignedInt: 1,
  uri: 'http://a.example/x',
  url: 'http://a.example/x',
  uuid: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
  xhtml: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>',
};

import type { ElementDefinition } from '../definitions/element.ts';
import { dataType } from '../definitions/element.ts';
import { isPrimitive, isResourceType, typeDefinition } from '../definitions/type.ts';
import type { Projection } from './projection.ts';

/** What is kept of an object: its members, in whole or in part. What is not listed is left out. */
export type Shape = ReadonlyMap<string, Kept>;
export type Kept = 'whole' | Shape;

/** Always there: they say what the resource is, and what must not be passed over. */
const always: readonly string[] = [
  'resourceType',
  'id',
  'meta',
  'implicitRules',
  '_implicitRules',
  'modifierExtension',
];

/** What a projection keeps of a resource of this type; undefined for `data`, which names what it leaves out. */
export function shapeOf(projection: Projection, type: string): Shape | undefined {
  if (projection.kind === 'data' || !isResourceType(type)) return undefined;
  if (projection.kind === 'summary') return summaryShape(type);
  const kept = (element: ElementDefinition) =>
    element.min > 0 ||
    (projection.kind === 'text' ? element.name === 'text' : isAsked(projection.elements, type, element));
  const shape = new Map<string, Kept>(always.map((name) => [name, 'whole']));
  for (const element of typeDefinition(type).elements) if (kept(element)) keepWhole(shape, element);
  return shape;
}

function isAsked(
  elements: Extract<Projection, { kind: 'elements' }>['elements'],
  type: string,
  element: ElementDefinition,
): boolean {
  return elements.some(
    (one) =>
      (one.type === undefined || one.type === type) &&
      (one.name === element.name || element.types.some(({ member }) => member === one.name)),
  );
}

function keepWhole(shape: Map<string, Kept>, { types }: ElementDefinition): void {
  for (const { member } of types) shape.set(member, 'whole').set(`_${member}`, 'whole');
}

const summaries = new Map<string, Shape>();

/** The elements marked Σ, at every depth, and mandatory ones: without them what is left would not be valid. */
function summaryShape(type: string): Shape {
  const known = summaries.get(type);
  if (known) return known;
  const shape = new Map<string, Kept>();
  summaries.set(type, shape);
  if (isResourceType(type)) for (const name of always) shape.set(name, 'whole');
  for (const element of typeDefinition(type).elements) {
    if (element.isSummary) keepSummary(shape, element);
    else if (element.min > 0) keepWhole(shape, element);
  }
  return shape;
}

function keepSummary(shape: Map<string, Kept>, { types }: ElementDefinition): void {
  for (const { name, member } of types) {
    const inner = dataType(name);
    shape.set(member, isShownWhole(inner) ? 'whole' : summaryShape(inner)).set(`_${member}`, 'whole');
  }
}

const wholes = new Map<string, boolean>();

/**
 * Whether all of a type is in the summary. Ids and extensions of data types stay where they are: they say how to
 * understand the value, or why there is none.
 */
function isShownWhole(type: string): boolean {
  const known = wholes.get(type);
  if (known !== undefined) return known;
  if (isPrimitive(type) || type === 'Resource' || type === 'Meta' || type === 'Extension') return true;
  wholes.set(type, true); // what a type holds of itself does not decide
  const whole = typeDefinition(type).elements.every(
    ({ name, isSummary, types }) =>
      name === 'id' || name === 'extension' || (isSummary && types.every((one) => isShownWhole(dataType(one.name)))),
  );
  wholes.set(type, whole);
  return whole;
}

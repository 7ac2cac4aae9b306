import { isPrimitive, isResourceType } from '../../definitions/type.ts';
import { evaluate } from './evaluate.ts';
import { type Item, objectOf } from './item.ts';
import type { Profile } from './rules.ts';
import type { ExtensionContext } from './structure-definition.ts';

/**
 * Whether an extension may stand where it does.
 * @see https://hl7.org/fhir/R4/defining-extensions.html#context
 */
export function isAllowedAt(extension: Item, { contexts, url }: Profile): boolean {
  const { parent } = extension;
  if (!parent || contexts.length === 0) return true;
  if (Object.hasOwn(alsoAt, url) && alsoAt[url]!.some((name) => namesOf(parent).has(name))) return true;
  return contexts.some((context) => isContext(parent, context));
}

function isContext(element: Item, { type, expression }: ExtensionContext): boolean {
  switch (type) {
    case 'element':
      // An element of a profile: whether it is that one shows only by validating against it.
      return expression.includes('#') || namesOf(element).has(expression.replaceAll('[x]', ''));
    case 'extension':
      return element.type === 'Extension' && objectOf(element.value)?.url === expression.split('#')[0];
    case 'fhirpath':
      return isSelected(element, expression);
    default:
      return true;
  }
}

const core = 'http://hl7.org/fhir/StructureDefinition/';

/** Where HL7 itself uses some of R4's extensions beyond the contexts that their R4 definitions name; later ones name them. */
const alsoAt: Readonly<Record<string, readonly string[]>> = {
  [`${core}structuredefinition-fhir-type`]: ['ElementDefinition.type'],
  [`${core}regex`]: ['ElementDefinition.type'],
  [`${core}structuredefinition-normative-version`]: ['Element'],
  [`${core}capabilitystatement-expectation`]: ['Element'],
  [`${core}valueset-concept-comments`]: ['CodeSystem.concept'],
};

/** Whether the expression, evaluated on the resource, yields the element. True where it cannot be told. */
function isSelected(element: Item, expression: string): boolean {
  const selected = evaluate(expression, element.scope.resource);
  return selected === undefined || selected.some(({ value, type }) => value === element.value || isPrimitive(type));
}

const superTypes: Readonly<Record<string, readonly string[]>> = {
  Age: ['Quantity'],
  Count: ['Quantity'],
  Distance: ['Quantity'],
  Duration: ['Quantity'],
  Money: ['Quantity'],
  canonical: ['uri'],
  url: ['uri'],
  oid: ['uri'],
  uuid: ['uri'],
  code: ['string'],
  id: ['string'],
  markdown: ['string'],
  positiveInt: ['integer'],
  unsignedInt: ['integer'],
};

/** All that an element may be called: its types, and its path from each type around it. */
function namesOf(element: Item): ReadonlySet<string> {
  const names = new Set([element.type, ...(superTypes[element.type] ?? [])]);
  if (isResourceType(element.type)) {
    for (const name of ['Resource', 'DomainResource', 'CanonicalResource', 'MetadataResource']) names.add(name);
  } else if (element.type.includes('.')) names.add('BackboneElement');
  names.add('Element');
  let path = '';
  for (let at: Item | undefined = element; at?.parent; at = at.parent) {
    path = path === '' ? at.name : `${at.name}.${path}`;
    names.add(`${at.parent.type}.${path}`);
    if (isResourceType(at.parent.type)) break;
  }
  return names;
}

import type { SourceElement, SourceType, StructureDefinition } from './source.ts';

/** The type definitions R4 consists of, and the one profile its elements use. */
export function isBaseType(definition: StructureDefinition): boolean {
  if (definition.kind === 'logical') return false;
  return definition.derivation !== 'constraint' || definition.id === 'SimpleQuantity';
}

/**
 * A type's elements, and those of its backbone elements under their paths (`Observation.component`). An element is
 * written `min..max Σ types =valueSet`, Σ for those of the summary, a type being `string`, `Reference(Patient|Group)`, `#Observation.component` for
 * what is defined in place or by contentReference. The value set is there for required bindings only.
 */
export function compactType(definition: StructureDefinition): Record<string, Record<string, string>> {
  const types: Record<string, Record<string, string>> = {};
  const parents = new Set(definition.snapshot.element.map((element) => element.path.replace(/\.[^.]*$/, '')));
  for (const element of definition.snapshot.element) {
    const path = element.path.replace(/^[^.]+/, definition.id);
    const dot = path.lastIndexOf('.');
    if (dot < 0) {
      types[path] = {};
      continue;
    }
    if (element.max === '0') continue;
    // The published definitions call a resource's id a string; its page and its regex say id.
    const isResourceId = definition.kind === 'resource' && path === `${definition.id}.id`;
    const named = isResourceId ? 'id' : parents.has(element.path) ? `#${path}` : typesOf(element);
    const summary = element.isSummary ? ' Σ' : '';
    types[path.slice(0, dot)] ??= {};
    types[path.slice(0, dot)]![path.slice(dot + 1)] =
      `${element.min}..${element.max}${summary} ${named}${binding(element)}`;
  }
  return types;
}

function typesOf(element: SourceElement): string {
  if (element.contentReference !== undefined) return element.contentReference;
  return (element.type ?? []).map((type) => typeName(type, element.path) + targets(type)).join(' ');
}

const fhirType = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type';

function typeName(type: SourceType, path: string): string {
  const [profile] = type.profile ?? [];
  if (profile?.endsWith('/SimpleQuantity')) return 'SimpleQuantity';
  if (profile !== undefined) throw new Error(`${path} has the profile ${profile}, which nothing here knows`);
  if (!type.code.startsWith('http:')) return type.code;
  const named = type.extension?.find((extension) => extension.url === fhirType)?.valueUrl;
  if (named === undefined) throw new Error(`${path} has the type ${type.code} without a FHIR type`);
  return named;
}

function targets(type: SourceType): string {
  if (!type.targetProfile) return '';
  return `(${type.targetProfile.map((profile) => profile.slice(profile.lastIndexOf('/') + 1)).join('|')})`;
}

function binding(element: SourceElement): string {
  return element.binding?.strength === 'required' && element.binding.valueSet ? ` =${element.binding.valueSet}` : '';
}

const regex = 'http://hl7.org/fhir/StructureDefinition/regex';

/** The regex of a primitive type's JSON or XML text, null where R4 gives none. */
export function primitiveRegex(definition: StructureDefinition): string | null {
  const value = definition.snapshot.element.find((element) => element.path === `${definition.id}.value`);
  return value?.type?.[0]?.extension?.find((extension) => extension.url === regex)?.valueString ?? null;
}

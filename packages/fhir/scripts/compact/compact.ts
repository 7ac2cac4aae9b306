import type { Compact, CompactElements, CompactSearchParameter } from '../../src/definitions/compact.ts';
import { correct, corrections } from './corrections.ts';
import type { CodeSystem, CompartmentDefinition, SourceResource, SourceSearchParameter, ValueSet } from './source.ts';
import { compactType, isBaseType, primitiveRegex } from './types.ts';
import { expand } from './value-sets.ts';

/** Takes from conformance resources what the validator, the extractor and the compartments are made of, corrected. */
export function compact(sources: readonly SourceResource[]): Compact {
  const primitives: Record<string, string | null> = {};
  const datatypes: Record<string, CompactElements> = {};
  const resources: Record<string, CompactElements> = {};
  const searchParameters: Record<string, CompactSearchParameter> = {};
  const compartments: Record<string, Record<string, readonly string[]>> = {};
  const valueSets = new Map<string, ValueSet>();
  const codeSystems = new Map<string, CodeSystem>();
  for (const source of sources) {
    if (source.resourceType === 'ValueSet') valueSets.set(source.url, source);
    if (source.resourceType === 'CodeSystem') codeSystems.set(source.url, source);
    if (source.resourceType === 'CompartmentDefinition' && source.code === 'Patient') {
      compartments[source.code] = compactCompartment(source);
    }
    if (source.resourceType === 'SearchParameter') Object.assign(searchParameters, compactSearchParameter(source));
    if (source.resourceType === 'StructureDefinition' && isBaseType(source)) {
      if (source.kind === 'primitive-type') primitives[source.id] = primitiveRegex(source);
      else Object.assign(source.kind === 'resource' ? resources : datatypes, compactType(source));
    }
  }
  correct(datatypes, corrections.datatypes);
  correct(resources, corrections.resources);
  correct(searchParameters, corrections.searchParameters);
  correct(compartments, corrections.compartments);
  const bound = new Set<string>();
  for (const elements of [...Object.values(datatypes), ...Object.values(resources)]) {
    for (const line of Object.values(elements)) if (line.includes(' =')) bound.add(line.slice(line.indexOf(' =') + 2));
  }
  return {
    primitives: ordered(primitives),
    datatypes: ordered(datatypes),
    resources: ordered(resources),
    searchParameters: ordered(searchParameters),
    compartments: ordered(compartments),
    valueSets: ordered(Object.fromEntries([...bound].map((url) => [url, expand(url, valueSets, codeSystems)]))),
  };
}

/** One without an expression (`_text`, `_content`, `_query`) searches something else than elements, and is left out. */
function compactSearchParameter(source: SourceSearchParameter): Record<string, CompactSearchParameter> {
  const { code, type, base, expression, target, component } = source;
  if (expression === undefined) return {};
  const components = component?.map((part) => [part.definition, part.expression] as const);
  return {
    [source.url]: {
      ...{ code, type, base, expression },
      ...(target ? { target: targets(target) } : {}),
      ...(components ? { component: components } : {}),
    },
  };
}

/** All 145 resource types that have an identity (Parameters has none) are written `*`. */
function targets(types: readonly string[]): readonly string[] | '*' {
  return new Set(types).size === 145 ? '*' : types;
}

function compactCompartment(source: CompartmentDefinition): Record<string, readonly string[]> {
  return Object.fromEntries(
    source.resource.flatMap(({ code, param }) => (param ? [[code, param] as const] : [])).sort(byKey),
  );
}

function ordered<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(byKey));
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

/** JSON with a line for each entry of each section, so that a diff shows what changed. */
export function render(definitions: Compact): string {
  const sections = Object.entries(definitions).map(([name, section]) => {
    const lines = Object.entries(section).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
    return `${JSON.stringify(name)}: {\n${lines.join(',\n')}\n}`;
  });
  return `{\n${sections.join(',\n')}\n}\n`;
}

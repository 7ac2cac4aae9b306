import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { readArchive } from '../../scripts/archive.ts';
import { r4 } from './compact.ts';
import type { ElementDefinition } from './element.ts';
import { isPrimitive, resourceTypes, typeDefinition } from './type.ts';

/** The definitions as compacted, against the published ones, read here without any of the code that compacts. */
type Json = { readonly [member: string]: unknown } & { readonly resourceType: string; readonly id: string };

const core = readArchive('shared/data/fhir/hl7.fhir.r4.core-4.0.1.tar.zst');
const skip = core ? false : 'the published R4 core is not at ../shared/data/fhir';

describe('the compact definitions are the published R4', { skip }, () => {
  const published = new Map<string, Json>();
  before(() => {
    for (const file of core ?? []) {
      const name = file.name.slice(file.name.lastIndexOf('/') + 1);
      if (/^(StructureDefinition|SearchParameter|ValueSet|CodeSystem|CompartmentDefinition)-/.test(name)) {
        published.set(name.replace(/\.json$/, ''), JSON.parse(file.text()) as Json);
      }
    }
  });
  const all = (type: string) => [...published.values()].filter((resource) => resource.resourceType === type);
  const structures = () =>
    all('StructureDefinition').filter(
      (s) => s.kind !== 'logical' && (s.derivation !== 'constraint' || s.id === 'SimpleQuantity'),
    );

  test('the resource types are the 146 that are not abstract', () => {
    const names = structures().filter((s) => s.kind === 'resource' && s.abstract === false);
    assert.deepEqual(resourceTypes, names.map((s) => s.id).sort());
    assert.equal(resourceTypes.length, 146);
  });

  test('types and the elements defined in place are all there, and no others', () => {
    const expected = structures().flatMap((s) => (s.kind === 'primitive-type' ? [] : [s.id, ...parentsOf(s)]));
    const ours = [...Object.keys(r4.datatypes), ...Object.keys(r4.resources)];
    assert.deepEqual(ours.sort(), [...new Set(expected)].sort());
  });

  test('primitive types have the published regexes', () => {
    const regexes = structures()
      .filter((s) => s.kind === 'primitive-type')
      .map((s) => [s.id, regexOf(s)]);
    assert.deepEqual(r4.primitives, Object.fromEntries(regexes.sort()));
  });

  test('every element has the published cardinality, types, targets, required binding and place in the summary', () => {
    let compared = 0;
    for (const structure of structures()) {
      if (structure.kind === 'primitive-type') continue;
      const parents = new Set(parentsOf(structure));
      const expected = elementsOf(structure).filter((e) => e.path.includes('.') && e.max !== '0');
      for (const element of expected) {
        const path = element.path.replace(/^\w+/, structure.id);
        assert.deepEqual(ours(path), facts(element, path, parents, structure), path);
        compared += 1;
      }
      const count = [structure.id, ...parents].reduce((sum, name) => sum + typeDefinition(name).elements.length, 0);
      assert.equal(count, expected.length, `${structure.id} has no other elements`);
    }
    assert.ok(compared > 5000, `${compared} elements were compared`);
  });

  test('search parameters have the published code, type, bases, expression and targets', () => {
    const expected = all('SearchParameter').filter((p) => p.expression !== undefined && !isExtra(p));
    assert.deepEqual(Object.keys(r4.searchParameters), expected.map((p) => p.url as string).sort());
    for (const parameter of expected) {
      const { target, ...ours } = r4.searchParameters[parameter.url as string]!;
      const { code, type, base, expression } = parameter;
      assert.deepEqual(ours, { code, type, base, expression });
      const any = resourceTypes.filter((name) => name !== 'Parameters');
      const sorted = (targets: readonly string[]) => [...targets].sort();
      assert.deepEqual(sorted(target === '*' ? any : (target ?? [])), sorted((parameter.target ?? []) as string[]));
    }
    assert.equal(expected.length, 1372);
  });

  test('value sets of required bindings hold the published codes', () => {
    const codeSystems = new Map(all('CodeSystem').map((c) => [c.url, c]));
    const valueSets = new Map(all('ValueSet').map((v) => [v.url, v]));
    const bound = structures().flatMap((s) => elementsOf(s).flatMap((e) => requiredBinding(e) ?? []));
    assert.deepEqual(Object.keys(r4.valueSets), [...new Set(bound)].sort());
    for (const [canonical, ours] of Object.entries(r4.valueSets)) {
      const expected = codesOf(valueSets.get(canonical.split('|')[0]), codeSystems);
      const sorted = ours && Object.entries(ours).map(([system, codes]) => [system, codes && [...codes].sort()]);
      assert.deepEqual(sorted && Object.fromEntries(sorted), expected, canonical);
    }
    const unchecked = Object.entries(r4.valueSets).filter(([, v]) => v === null || Object.values(v).includes(null));
    assert.deepEqual(
      unchecked.map(([canonical]) => canonical),
      [
        'http://hl7.org/fhir/ValueSet/currencies|4.0.1',
        'http://hl7.org/fhir/ValueSet/mimetypes|4.0.1',
        'http://hl7.org/fhir/ValueSet/ucum-units|4.0.1',
        'http://loinc.org/vs/LL379-9|4.0.1',
      ],
      'these alone cannot be checked here',
    );
  });

  test('the patient compartment has the published parameters', () => {
    const patient = published.get('CompartmentDefinition-patient')!;
    const entries = (patient.resource as { code: string; param?: string[] }[]).filter((entry) => entry.param);
    assert.deepEqual(r4.compartments, { Patient: Object.fromEntries(entries.map((e) => [e.code, e.param])) });
  });
});

/** The package holds, beside R4's own registry, parameters of its examples and of extensions. */
function isExtra(parameter: Json): boolean {
  return /^example|extensions?-|genetic-/.test(parameter.id);
}

type Element = {
  readonly path: string;
  readonly min: number;
  readonly max: string;
  readonly isSummary?: boolean;
  readonly contentReference?: string;
  readonly type?: readonly {
    readonly code: string;
    readonly profile?: readonly string[];
    readonly targetProfile?: readonly string[];
    readonly extension?: readonly { readonly url: string; readonly [value: string]: string }[];
  }[];
  readonly binding?: { readonly strength: string; readonly valueSet: string };
};

function elementsOf(structure: Json): readonly Element[] {
  return (structure.snapshot as { readonly element: readonly Element[] }).element;
}

function parentsOf(structure: Json): string[] {
  const paths = elementsOf(structure).map((element) => element.path);
  return paths.filter((path) => path.includes('.') && paths.some((other) => other.startsWith(`${path}.`)));
}

function requiredBinding(element: Element): string | undefined {
  return element.binding?.strength === 'required' ? element.binding.valueSet : undefined;
}

function extension(element: Element['type'], name: string): string | undefined {
  const url = `http://hl7.org/fhir/StructureDefinition/${name}`;
  const found = element?.[0]?.extension?.find((one) => one.url === url);
  return found?.valueUrl ?? found?.valueString;
}

function regexOf(structure: Json): string | null {
  const value = elementsOf(structure).find((element) => element.path.endsWith('.value'));
  return extension(value?.type, 'regex') ?? null;
}

function facts(element: Element, path: string, parents: ReadonlySet<string>, structure: Json): unknown {
  const types = (element.type ?? []).map(({ code, profile, targetProfile }) => ({
    name: profile?.some((url) => url.endsWith('/SimpleQuantity')) ? 'SimpleQuantity' : code,
    targets: (targetProfile ?? []).map((url) => url.replace('http://hl7.org/fhir/StructureDefinition/', '')),
  }));
  const named = (name: string) => [{ name, targets: [] }];
  const isResourceId = structure.kind === 'resource' && path === `${structure.id}.id`;
  return {
    min: element.min,
    max: element.max,
    valueSet: requiredBinding(element),
    isSummary: element.isSummary ?? false,
    types: parents.has(element.path)
      ? named(path)
      : element.contentReference
        ? named(element.contentReference.slice(1))
        : types[0]?.name === 'http://hl7.org/fhirpath/System.String'
          ? // R4 publishes a resource's id as a string in its definition, and as an id on its page.
            named(isResourceId ? 'id' : (extension(element.type, 'structuredefinition-fhir-type') ?? ''))
          : types,
  };
}

function ours(path: string): unknown {
  const [parent, name] = [path.slice(0, path.lastIndexOf('.')), path.slice(path.lastIndexOf('.') + 1)];
  const isNamed = (e: ElementDefinition) => (e.isChoice ? `${e.name}[x]` : e.name) === name;
  const element = typeDefinition(parent).elements.find(isNamed);
  if (!element) return undefined;
  for (const type of element.types) checkMember(element, type.name, type.member);
  return {
    min: element.min,
    max: element.max === Number.POSITIVE_INFINITY ? '*' : String(element.max),
    valueSet: element.valueSet,
    isSummary: element.isSummary,
    types: element.types.map((type) => ({ name: type.name, targets: type.targets })),
  };
}

function checkMember(element: ElementDefinition, type: string, member: string): void {
  const named = type === 'SimpleQuantity' ? 'Quantity' : type;
  const choice = element.name + named.charAt(0).toUpperCase() + named.slice(1);
  assert.equal(member, element.isChoice ? choice : element.name);
  assert.ok(isPrimitive(type) || type === 'Resource' || typeDefinition(type), `${type} is defined`);
}

type Concept = { readonly code: string; readonly concept?: readonly Concept[] };

function codesOf(valueSet: Json | undefined, systems: ReadonlyMap<unknown, Json>): unknown {
  if (!valueSet) return null;
  const { include } = valueSet.compose as { include: { system: string; concept?: Concept[] }[] };
  const codes: Record<string, string[] | null> = {};
  for (const { system, concept } of include) {
    const codeSystem = systems.get(system);
    if (concept || codeSystem?.content === 'complete') {
      codes[system] = [...(codes[system] ?? []), ...flat(concept ?? (codeSystem?.concept as Concept[]))].sort();
    } else codes[system] = null;
  }
  return codes;
}

function flat(concepts: readonly Concept[]): string[] {
  return concepts.flatMap((concept) => [concept.code, ...flat(concept.concept ?? [])]);
}

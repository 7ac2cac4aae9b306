import type { CanonicalResource } from '../conformance/canonical-source.ts';
import type { Coding, Terminology } from '../terminology/terminology.ts';
import { noTerminology } from '../terminology/terminology.ts';
import { validateProfiles } from '../validate/profile/validate-profiles.ts';
import { canonicalsOf, r4Canonicals } from './canonicals.ts';

export const here = 'http://clinic.example/StructureDefinition';

/** A profile of a type, by its differential. */
export function profileOf(type: string, element: readonly object[], more: object = {}): CanonicalResource {
  return {
    resourceType: 'StructureDefinition',
    url: `${here}/${type}`,
    name: 'Test',
    status: 'active',
    kind: 'resource',
    abstract: false,
    type,
    baseDefinition: `http://hl7.org/fhir/StructureDefinition/${type}`,
    derivation: 'constraint',
    differential: { element },
    ...more,
  };
}

/** An extension with a value of one type. */
export function extensionOf(name: string, element: readonly object[], more: object = {}): CanonicalResource {
  const url = `${here}/${name}`;
  const fixed = { id: 'Extension.url', path: 'Extension.url', fixedUri: url };
  return profileOf('Extension', [fixed, ...element], { url, kind: 'complex-type', ...more });
}

/** Value sets by URL: the codes of each. What is not named cannot be told. */
export function codesOf(sets: Readonly<Record<string, readonly string[]>>): Terminology {
  return {
    ...noTerminology,
    isMember: (valueSet, { code }: Coding) => sets[valueSet]?.includes(code ?? ''),
  };
}

export type Checked = { readonly definitions?: readonly CanonicalResource[]; readonly terminology?: Terminology };

/** What is found when a resource is checked against the profiles given: `severity code place`, information aside. */
export function findings(resource: object, { definitions = [], terminology = noTerminology }: Checked = {}): string[] {
  const canonicals = canonicalsOf(definitions, r4Canonicals());
  const { resourceType } = resource as { readonly resourceType?: string };
  const asked = definitions.filter(({ type }) => type === resourceType).map(({ url }) => url);
  return validateProfiles(resource, { conformance: { canonicals, terminology } }, asked)
    .filter(({ severity, diagnostics }) => severity !== 'information' && !diagnostics?.startsWith('dom-6'))
    .map(({ severity, code, expression }) => `${severity} ${code} ${expression?.join(' ')}`);
}

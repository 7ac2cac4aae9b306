import type { CanonicalJson } from './package.ts';

/** What the tests read of an ElementDefinition. @see https://hl7.org/fhir/R4/elementdefinition.html */
export type Element = {
  readonly id: string;
  readonly min: number;
  readonly max: string;
  readonly mustSupport?: boolean;
  readonly type?: readonly ElementType[];
  readonly slicing?: { readonly discriminator?: readonly { readonly type: string; readonly path: string }[] };
  readonly binding?: { readonly strength: string; readonly valueSet?: string };
  readonly extension?: readonly Flag[];
  readonly [member: string]: unknown;
};

export type ElementType = {
  readonly code: string;
  readonly profile?: readonly string[];
  readonly targetProfile?: readonly string[];
  readonly _targetProfile?: readonly ({ readonly extension?: readonly Flag[] } | null)[];
  readonly extension?: readonly Flag[];
};

type Flag = { readonly url: string; readonly valueBoolean?: boolean };

/** A profile: its elements by id, as its snapshot lists them. */
export type Profile = {
  readonly url: string;
  readonly version: string;
  readonly type: string;
  readonly base: string;
  readonly elements: ReadonlyMap<string, Element>;
};

export function profileOf(definition: CanonicalJson): Profile {
  const { element } = definition.snapshot as { readonly element: readonly Element[] };
  return {
    url: definition.url,
    version: definition.version as string,
    type: definition.type as string,
    base: definition.baseDefinition as string,
    elements: new Map(element.map((one) => [one.id, one])),
  };
}

const typeFlag = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-type-must-support';
const uscdi = 'http://hl7.org/fhir/us/core/StructureDefinition/uscdi-requirement';

/** Must-support, or demanded by USCDI, which certification tests alike. */
export function isDemanded(element: Element): boolean {
  return element.mustSupport === true || isFlagged(element.extension, uscdi);
}

export function demandedTypes(element: Element): readonly string[] {
  return (element.type ?? []).filter(({ extension }) => isFlagged(extension, typeFlag)).map(({ code }) => code);
}

/** The profiles that references must point at: each of the flagged ones, or any of all where none is flagged. */
export function demandedTargets(element: Element): {
  readonly each: readonly string[];
  readonly any: readonly string[];
} {
  const types = (element.type ?? []).filter(({ code }) => code === 'Reference');
  const any = types.flatMap(({ targetProfile = [] }) => targetProfile);
  const each = types.flatMap(({ targetProfile = [], _targetProfile = [] }) =>
    targetProfile.filter((_, i) => isFlagged(_targetProfile[i]?.extension, typeFlag)),
  );
  return { each, any };
}

/** The value of `fixed[x]` or `pattern[x]`; a fixed value is a pattern too, as the tests compare it. */
export function patternOf(element: Element | undefined): unknown {
  const key = Object.keys(element ?? {}).find((name) => /^(fixed|pattern)[A-Z]/.test(name));
  return key === undefined ? undefined : element?.[key];
}

function isFlagged(extensions: readonly Flag[] | undefined, url: string): boolean {
  return extensions?.some((extension) => extension.url === url && extension.valueBoolean === true) === true;
}

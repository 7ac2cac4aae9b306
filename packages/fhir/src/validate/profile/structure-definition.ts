import type { CanonicalResource } from '../../conformance/canonical-source.ts';

/** What the validator reads of a StructureDefinition. @see https://hl7.org/fhir/R4/structuredefinition.html */
export type StructureDefinition = CanonicalResource & {
  readonly type: string;
  readonly kind?: string;
  readonly derivation?: string;
  readonly baseDefinition?: string;
  readonly context?: readonly ExtensionContext[];
  readonly snapshot?: { readonly element?: readonly ElementDefinitionJson[] };
  readonly differential?: { readonly element?: readonly ElementDefinitionJson[] };
};

/** Where an extension may be used. @see https://hl7.org/fhir/R4/defining-extensions.html#context */
export type ExtensionContext = { readonly type: string; readonly expression: string };

/** @see https://hl7.org/fhir/R4/elementdefinition.html */
export type ElementDefinitionJson = {
  readonly id?: string;
  readonly path: string;
  readonly sliceName?: string;
  readonly min?: number;
  readonly max?: string;
  readonly type?: readonly TypeJson[];
  readonly slicing?: SlicingJson;
  readonly contentReference?: string;
  readonly maxLength?: number;
  readonly isModifier?: boolean;
  readonly binding?: BindingJson;
  readonly constraint?: readonly ConstraintJson[];
  /** `fixed[x]`, `pattern[x]`, `minValue[x]`, `maxValue[x]` and what is not read here. */
  readonly [member: string]: unknown;
};

/** `ElementDefinition.type` */
export type TypeJson = {
  readonly code: string;
  readonly profile?: readonly string[];
  readonly targetProfile?: readonly string[];
  readonly aggregation?: readonly string[];
  readonly versioning?: string;
};

/** `ElementDefinition.slicing` */
export type SlicingJson = {
  readonly discriminator?: readonly { readonly type: string; readonly path: string }[];
  readonly ordered?: boolean;
  readonly rules?: string;
};

/** `ElementDefinition.binding` */
export type BindingJson = {
  readonly strength: string;
  readonly valueSet?: string;
  readonly extension?: readonly { readonly url: string; readonly [member: string]: unknown }[];
};

/** `ElementDefinition.constraint` */
export type ConstraintJson = {
  readonly key: string;
  readonly severity: string;
  readonly human: string;
  readonly expression?: string;
  /** The StructureDefinition that it was inherited from. */
  readonly source?: string;
  readonly extension?: readonly { readonly url: string; readonly [member: string]: unknown }[];
};

/** Whether a canonical resource is a StructureDefinition with the members that are read without asking. */
export function isStructureDefinition(resource: CanonicalResource | undefined): resource is StructureDefinition {
  return resource?.resourceType === 'StructureDefinition' && typeof resource.type === 'string';
}

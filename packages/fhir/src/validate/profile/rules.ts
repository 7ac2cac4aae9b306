import type { ExtensionContext } from './structure-definition.ts';

/** A StructureDefinition made ready to check values by. */
export type Profile = {
  /** `url|version`, or `url`; named in each issue. */
  readonly canonical: string;
  readonly url: string;
  /** The type it constrains: `Patient`, `Extension`, `Period`. */
  readonly type: string;
  readonly root: ElementRules;
  /** The elements by id, for contentReference. */
  readonly elements: ReadonlyMap<string, ElementRules>;
  /** Of an extension: where it may be used. */
  readonly contexts: readonly ExtensionContext[];
};

/** The rules of one element of a profile, or of one slice of it. */
export type ElementRules = {
  /** `Observation.component:systolic.code` */
  readonly id: string;
  /** The profile it stands in, as issues name it. */
  readonly profile: string;
  /** Without `[x]`: `value`. */
  readonly name: string;
  readonly sliceName: string | undefined;
  readonly min: number;
  /** Infinity for `*`. */
  readonly max: number;
  readonly isModifier: boolean;
  readonly types: readonly TypeRules[];
  readonly fixed: unknown;
  readonly pattern: unknown;
  readonly minValue: unknown;
  readonly maxValue: unknown;
  readonly maxLength: number | undefined;
  readonly binding: BindingRules | undefined;
  readonly invariants: readonly Invariant[];
  /** `#Questionnaire.item`, or with the URL of a StructureDefinition before `#`. */
  readonly contentReference: string | undefined;
  /** Those the snapshot spells out; empty where the type alone says what is inside. */
  readonly children: readonly ElementRules[];
  readonly slicing: Slicing | undefined;
};

/** One of the types an element may have. */
export type TypeRules = {
  readonly code: string;
  /** Canonicals of which the value conforms to one. */
  readonly profiles: readonly string[];
  /** Of a Reference or canonical: what it may point at. */
  readonly targets: readonly string[];
  readonly aggregation: readonly string[];
  readonly versioning: string | undefined;
};

/** What a binding demands; those that demand nothing are left out. @see https://hl7.org/fhir/R4/terminologies.html#strength */
export type BindingRules = {
  readonly strength: 'required' | 'extensible';
  readonly valueSet: string;
  /** No code may be outside of this one, whatever the strength. */
  readonly maxValueSet: string | undefined;
};

/** @see https://hl7.org/fhir/R4/conformance-rules.html#constraints */
export type Invariant = {
  readonly key: string;
  readonly severity: 'error' | 'warning';
  readonly human: string;
  readonly expression: string;
};

/** @see https://hl7.org/fhir/R4/profiling.html#slicing */
export type Slicing = {
  readonly discriminators: readonly Discriminator[];
  readonly rules: 'open' | 'closed' | 'openAtEnd';
  readonly isOrdered: boolean;
  readonly slices: readonly ElementRules[];
};

/** @see https://hl7.org/fhir/R4/profiling.html#discriminator */
export type Discriminator = {
  readonly kind: 'value' | 'exists' | 'type' | 'profile';
  /** Undefined for a path that says what we cannot follow. */
  readonly path: readonly Step[] | undefined;
};

/** One step of a discriminator's path: the restricted FHIRPath of R4. */
export type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'ofType'; readonly type: string }
  | { readonly kind: 'resolve' };

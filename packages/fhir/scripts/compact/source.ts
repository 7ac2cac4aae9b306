/** The parts of FHIR's conformance resources that are read here. */
export type StructureDefinition = {
  readonly resourceType: 'StructureDefinition';
  readonly id: string;
  readonly type: string;
  readonly kind: 'primitive-type' | 'complex-type' | 'resource' | 'logical';
  readonly abstract: boolean;
  readonly derivation?: 'specialization' | 'constraint';
  readonly snapshot: { readonly element: readonly SourceElement[] };
};

export type SourceElement = {
  readonly path: string;
  readonly min: number;
  readonly max: string;
  readonly isSummary?: boolean;
  readonly contentReference?: string;
  readonly type?: readonly SourceType[];
  readonly binding?: { readonly strength: string; readonly valueSet?: string };
};

export type SourceType = {
  readonly code: string;
  readonly profile?: readonly string[];
  readonly targetProfile?: readonly string[];
  readonly extension?: readonly { readonly url: string; readonly valueUrl?: string; readonly valueString?: string }[];
};

export type SourceSearchParameter = {
  readonly resourceType: 'SearchParameter';
  readonly id: string;
  readonly url: string;
  readonly code: string;
  readonly type: string;
  readonly base: readonly string[];
  readonly expression?: string;
  readonly target?: readonly string[];
};

export type ValueSet = {
  readonly resourceType: 'ValueSet';
  readonly url: string;
  readonly compose?: {
    readonly include: readonly ValueSetInclude[];
    readonly exclude?: readonly ValueSetInclude[];
  };
};

export type ValueSetInclude = {
  readonly system?: string;
  readonly concept?: readonly { readonly code: string }[];
  readonly filter?: readonly unknown[];
  readonly valueSet?: readonly string[];
};

export type CodeSystem = {
  readonly resourceType: 'CodeSystem';
  readonly url: string;
  readonly content: string;
  readonly concept?: readonly Concept[];
};

export type Concept = { readonly code: string; readonly concept?: readonly Concept[] };

export type CompartmentDefinition = {
  readonly resourceType: 'CompartmentDefinition';
  readonly code: string;
  readonly resource: readonly { readonly code: string; readonly param?: readonly string[] }[];
};

export type SourceResource =
  | StructureDefinition
  | SourceSearchParameter
  | ValueSet
  | CodeSystem
  | CompartmentDefinition
  | { readonly resourceType: 'Other' };

import data from './generated/r4.json' with { type: 'json' };

/** Elements by name, such as `{ "subject": "0..1 Reference(Patient|Group)" }`; see {@link parseElement}. */
export type CompactElements = Readonly<Record<string, string>>;

/** `target` is `*` for every resource type but Parameters, which has no identity to point at. */
export type CompactSearchParameter = {
  readonly code: string;
  readonly type: string;
  readonly base: readonly string[];
  readonly expression: string;
  readonly target?: readonly string[] | '*';
  /** Of a composite: the parameter that each part is like, by its URL, and where it is below the element. */
  readonly component?: readonly (readonly [definition: string, expression: string])[];
};

/** Codes by system; null for a system whose codes are not at hand (MIME types, UCUM, currencies). */
export type CompactValueSet = Readonly<Record<string, readonly string[] | null>>;

/** What `generated/r4.json` holds: FHIR R4 (4.0.1) as far as the code here needs it. `npm run definitions` makes it. */
export type Compact = {
  /** Regex of each primitive type's text; null where R4 gives none. */
  readonly primitives: Readonly<Record<string, string | null>>;
  /** Data types, and the elements defined in place inside them, by path. */
  readonly datatypes: Readonly<Record<string, CompactElements>>;
  /** Resource types, and their backbone elements, by path. */
  readonly resources: Readonly<Record<string, CompactElements>>;
  /** By canonical URL. */
  readonly searchParameters: Readonly<Record<string, CompactSearchParameter>>;
  /** By compartment type, then by resource type: the search parameters that put a resource into the compartment. */
  readonly compartments: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Of required bindings, by canonical; null for a value set that is not at hand at all. */
  readonly valueSets: Readonly<Record<string, CompactValueSet | null>>;
};

export const r4 = data as unknown as Compact;

import { compartmentTypes } from '../compartment/definition.ts';
import { resourceTypes } from '../definitions/type.ts';
import type { SearchParameters } from '../search/parameters.ts';
import type { Published } from './published.ts';

/** Interactions that every resource type has. @see https://hl7.org/fhir/R4/valueset-type-restful-interaction.html */
const interactions = [
  ...['read', 'vread', 'update', 'patch', 'delete', 'history-instance', 'history-type', 'create', 'search-type'],
];

/** Full-text searches read no element, so that no definition of R4 has an expression for them. */
const fullText = [
  { code: '_content', type: 'string', url: 'http://hl7.org/fhir/SearchParameter/Resource-content' },
  { code: '_text', type: 'string', url: 'http://hl7.org/fhir/SearchParameter/DomainResource-text' },
] as const;

/** These have no narrative. @see https://hl7.org/fhir/R4/resource.html */
const withoutNarrative: ReadonlySet<string> = new Set(['Binary', 'Bundle', 'Parameters']);

/** What a statement is about. `date`: since when the server is as it says, a FHIR dateTime. */
export type CapabilitySource = {
  readonly base: string;
  readonly date: string;
  readonly software: { readonly version: string };
  readonly parameters: SearchParameters;
  readonly published: Published;
  readonly operations: readonly CapabilityOperation[];
  /** Addresses of the authorization server by their names in the extension `oauth-uris`: `token`, `authorize` and more. */
  readonly oauthUris?: Readonly<Record<string, string>>;
};

/** An operation, and the levels it may be called on; `types` absent: of every type. */
export type CapabilityOperation = {
  readonly name: string;
  /** Canonical of its OperationDefinition. */
  readonly definition: string;
  readonly on: readonly { readonly level: 'system' | 'type' | 'instance'; readonly types?: readonly string[] }[];
};

/**
 * The CapabilityStatement of a server: what each resource type can do here, made from the
 * definitions that do it. @see https://hl7.org/fhir/R4/capabilitystatement.html
 */
export function capabilityStatement(source: CapabilitySource) {
  const { base, date, software, operations, published } = source;
  return {
    resourceType: 'CapabilityStatement',
    name: 'Chartgate',
    status: 'active',
    date,
    kind: 'instance',
    ...filled({ instantiates: published.instantiates }),
    software: { name: 'Chartgate', version: software.version },
    implementation: { description: 'Chartgate', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    patchFormat: ['application/fhir+json', 'application/json-patch+json'],
    ...filled({ implementationGuide: published.guides }),
    rest: [
      {
        mode: 'server',
        security: security(source),
        resource: resourceTypes.map((type) => resource(type, source)),
        interaction: ['transaction', 'batch', 'history-system', 'search-system'].map((code) => ({ code })),
        ...filled({ operation: listed(operations.filter(({ on }) => on.some(({ level }) => level === 'system'))) }),
        compartment: compartmentTypes.map((type) => `http://hl7.org/fhir/CompartmentDefinition/${type.toLowerCase()}`),
      },
    ],
  };
}

function resource(type: string, { parameters: known, operations, published }: CapabilitySource) {
  const texts = withoutNarrative.has(type) ? fullText.slice(0, 1) : fullText;
  // What is still being indexed finds nothing yet, and is refused.
  const parameters = [
    ...known.of(type).filter(({ isIndexing }) => !isIndexing),
    ...texts.filter(({ code }) => !known.find(type, code)),
  ];
  const references = parameters.filter((p) => p.type === 'reference');
  return {
    type,
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    ...filled({ supportedProfile: published.profiles.get(type) ?? [] }),
    interaction: interactions.map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'full-support',
    conditionalUpdate: true,
    conditionalDelete: 'single',
    referencePolicy: ['literal', 'logical'],
    searchInclude: ['*', `${type}:*`, ...references.map((p) => `${type}:${p.code}`)],
    searchRevInclude: ['*', ...referencesTo(type, known)],
    searchParam: parameters.map((p) => ({ name: p.code, definition: p.url, type: p.type })),
    ...filled({ operation: listed(operations.filter((operation) => isOf(operation, type))) }),
  };
}

/** A reference to more types than these is one to any. */
const anything = 100;

const referring = new WeakMap<SearchParameters, ReadonlyMap<string, readonly string[]>>();

/**
 * The reference parameters of all types that may point at this one. Those that may point at anything would be half of
 * the statement, and are meant by the wildcard, but for the one that US Core asks for on every type.
 */
function referencesTo(type: string, known: SearchParameters): readonly string[] {
  const before = referring.get(known);
  if (before) return before.get(type) ?? [];
  const to = new Map<string, string[]>(resourceTypes.map((one) => [one, []]));
  for (const source of resourceTypes) {
    for (const { type: kind, code, target, isIndexing } of known.of(source)) {
      const isTold = kind === 'reference' && !isIndexing && (target.length < anything || source === 'Provenance');
      if (isTold) for (const one of target) to.get(one)?.push(`${source}:${code}`);
    }
  }
  referring.set(known, to);
  return to.get(type) ?? [];
}

function isOf({ on }: CapabilityOperation, type: string): boolean {
  return on.some(({ level, types }) => level !== 'system' && (types === undefined || types.includes(type)));
}

function listed(operations: readonly CapabilityOperation[]) {
  return operations.map(({ name, definition }) => ({ name, definition }));
}

/** R4 has no empty arrays. */
function filled<Lists extends Readonly<Record<string, readonly unknown[]>>>(lists: Lists): Partial<Lists> {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) as Partial<Lists>;
}

/**
 * Where the endpoints are, `.well-known/smart-configuration` says; and the older extension `oauth-uris`.
 * @see https://hl7.org/fhir/smart-app-launch/conformance.html
 */
function security({ oauthUris = {} }: CapabilitySource) {
  const extension = Object.entries(oauthUris).map(([url, valueUri]) => ({ url, valueUri }));
  const url = 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris';
  return {
    ...filled({ extension: extension.length === 0 ? [] : [{ url, extension }] }),
    cors: true,
    service: [
      {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' }],
      },
    ],
  };
}

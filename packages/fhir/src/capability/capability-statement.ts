import { resourceTypes } from '../definitions/type.ts';
import type { SearchParameters } from '../search/parameters.ts';

/** Interactions that every resource type has. @see https://hl7.org/fhir/R4/valueset-type-restful-interaction.html */
const interactions = [
  ...['read', 'vread', 'update', 'patch', 'delete', 'history-instance', 'history-type', 'create', 'search-type'],
];

const supportedTypes = new Set(['number', 'date', 'string', 'token', 'reference', 'quantity', 'uri']);

/** What a statement is about. `date`: since when the server is as it says, a FHIR dateTime. */
export type CapabilitySource = {
  readonly base: string;
  readonly date: string;
  readonly oauth: { readonly token: string; readonly register: string };
  readonly parameters: SearchParameters;
  readonly operations: readonly CapabilityOperation[];
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
export function capabilityStatement({ base, date, oauth, parameters, operations }: CapabilitySource) {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date,
    kind: 'instance',
    software: { name: 'Chartgate' },
    implementation: { description: 'Chartgate', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    patchFormat: ['application/fhir+json', 'application/json-patch+json'],
    rest: [
      {
        mode: 'server',
        security: security(oauth),
        resource: resourceTypes.map((type) => resource(type, parameters, operations)),
        interaction: ['transaction', 'batch', 'history-system'].map((code) => ({ code })),
        ...listed(operations.filter(({ on }) => on.some(({ level }) => level === 'system'))),
      },
    ],
  };
}

function resource(type: string, known: SearchParameters, operations: CapabilitySource['operations']) {
  const parameters = known.of(type).filter((p) => supportedTypes.has(p.type));
  const references = parameters.filter((p) => p.type === 'reference');
  return {
    type,
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    interaction: interactions.map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'full-support',
    conditionalUpdate: true,
    conditionalDelete: 'single',
    searchInclude: references.map((p) => `${type}:${p.code}`),
    searchParam: parameters.map((p) => ({ name: p.code, definition: p.url, type: p.type })),
    ...listed(operations.filter((operation) => isOf(operation, type))),
  };
}

function isOf({ on }: CapabilityOperation, type: string): boolean {
  return on.some(({ level, types }) => level !== 'system' && (types === undefined || types.includes(type)));
}

/** R4 has no empty arrays. */
function listed(operations: readonly CapabilityOperation[]) {
  if (operations.length === 0) return {};
  return { operation: operations.map(({ name, definition }) => ({ name, definition })) };
}

/** @see https://hl7.org/fhir/smart-app-launch/conformance.html#declaring-support-for-oauth2-endpoints */
function security(oauth: CapabilitySource['oauth']) {
  return {
    cors: true,
    service: [
      {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' }],
      },
    ],
    extension: [
      {
        url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
        extension: [
          { url: 'token', valueUri: oauth.token },
          { url: 'register', valueUri: oauth.register },
        ],
      },
    ],
  };
}

import type { SearchDefinitions } from './definitions.ts';
import type { SearchParameter, SearchParameterType } from './parameter.ts';

/** A few of R4's parameters: the grammar's own tests need no more. */
const known: Record<string, Record<string, SearchParameterType | readonly string[]>> = {
  Patient: {
    identifier: 'token',
    gender: 'token',
    name: 'string',
    birthdate: 'date',
    'general-practitioner': ['Organization', 'Practitioner'],
    organization: ['Organization'],
  },
  Observation: {
    code: 'token',
    category: 'token',
    status: 'token',
    date: 'date',
    subject: ['Patient', 'Group'],
    patient: ['Patient'],
    encounter: ['Encounter'],
    'value-quantity': 'quantity',
    'code-value-quantity': 'composite',
  },
  Condition: { category: 'token', patient: ['Patient'] },
  Encounter: { patient: ['Patient'], status: 'token' },
  DocumentReference: { patient: ['Patient'], category: 'token' },
  Group: { code: 'token' },
  Device: {},
  Organization: { name: 'string' },
  Practitioner: { name: 'string' },
  RiskAssessment: { probability: 'number' },
  ValueSet: { url: 'uri' },
};

const common: Record<string, SearchParameterType> = { _id: 'token', _lastUpdated: 'date', _tag: 'token' };

/** The parameter, which the test knows to be there. */
export function parameterOf(resourceType: string, code: string): SearchParameter {
  const type = known[resourceType]?.[code] ?? common[code];
  if (type === undefined) throw new TypeError(`${resourceType}.${code} is not among the tests' parameters`);
  return {
    code,
    type: typeof type === 'string' ? type : 'reference',
    resourceType,
    expression: `${resourceType}.${code}`,
    target: typeof type === 'string' ? [] : type,
    url: `http://hl7.org/fhir/SearchParameter/${resourceType}-${code}`,
  };
}

export const testDefinitions: SearchDefinitions = {
  isResourceType: (text) => Object.hasOwn(known, text),
  searchParameter: (type, code) =>
    Object.hasOwn(known, type) && (Object.hasOwn(known[type] ?? {}, code) || Object.hasOwn(common, code))
      ? parameterOf(type, code)
      : undefined,
};

/** A code with the words it stands for. */
export type Coding = { readonly system: string; readonly code: string; readonly display: string };

/** A FHIR CodeableConcept. The tables' concepts are shared by all resources that use them, hence frozen. */
export type Concept = { readonly coding: readonly Coding[]; readonly text: string };

const terminology = 'http://terminology.hl7.org/CodeSystem';
const usCore = 'http://hl7.org/fhir/us/core/CodeSystem';

export const system = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  icd10: 'http://hl7.org/fhir/sid/icd-10-cm',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  ucum: 'http://unitsofmeasure.org',
  npi: 'http://hl7.org/fhir/sid/us-npi',
  race: 'urn:oid:2.16.840.1.113883.6.238',
  language: 'urn:ietf:bcp:47',
  taxonomy: 'http://nucc.org/provider-taxonomy',
  payment: 'https://nahdo.org/sopt',
  actCode: `${terminology}/v3-ActCode`,
  actReason: `${terminology}/v3-ActReason`,
  roleCode: `${terminology}/v3-RoleCode`,
  identifierType: `${terminology}/v2-0203`,
  terminology,
  usCore,
} as const;

export function coding(systemUrl: string, code: string, display: string): Coding {
  return Object.freeze({ system: systemUrl, code, display });
}

/** A concept of one or more codings; its text is the first one's display. */
export function concept(...codings: readonly [Coding, ...Coding[]]): Concept {
  return Object.freeze({ coding: Object.freeze(codings), text: codings[0].display });
}

export const snomed = (code: string, display: string): Coding => coding(system.snomed, code, display);
export const loinc = (code: string, display: string): Coding => coding(system.loinc, code, display);
export const icd10 = (code: string, display: string): Coding => coding(system.icd10, code, display);

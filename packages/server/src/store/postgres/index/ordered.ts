import type { SearchParameter } from '@chartgate/fhir';

/**
 * Where a parameter's tokens are indexed: in `kd` alone, in `kd` and `sx.terms`, or in `sx.terms` alone. `kd` holds a
 * token with its system (or none) and with any system; a system with any code is always in `sx.terms` only.
 */
export function isOrdered(parameter: Pick<SearchParameter, 'type' | 'code'>): 'kd' | 'both' | 'terms' {
  if (parameter.type !== 'token') return 'terms';
  if (parameter.code === 'identifier') return 'kd';
  return inOrder.has(parameter.code) ? 'both' : 'terms';
}

/** Tokens that are searched alone over all patients, newest first or counted. */
const inOrder = new Set(['_tag', 'category', 'class', 'clinical-status', 'code', 'status', 'type', 'vaccine-code']);

/**
 * Code of the date parameter whose outer limits are `sx.d_lo` and `sx.d_hi`: when what the resource tells of happened.
 * Undefined for types without one. Every other date parameter lies in `dt`.
 */
export function clinicalDate(type: string): string | undefined {
  return clinical[type];
}

const clinical: Readonly<Record<string, string>> = {
  Account: 'period',
  ActivityDefinition: 'date',
  AdverseEvent: 'date',
  AllergyIntolerance: 'date',
  Appointment: 'date',
  AuditEvent: 'date',
  Basic: 'created',
  Bundle: 'timestamp',
  CapabilityStatement: 'date',
  CarePlan: 'date',
  CareTeam: 'date',
  ChargeItem: 'occurrence',
  ChargeItemDefinition: 'date',
  Claim: 'created',
  ClaimResponse: 'created',
  ClinicalImpression: 'date',
  CodeSystem: 'date',
  Communication: 'sent',
  CommunicationRequest: 'authored',
  CompartmentDefinition: 'date',
  Composition: 'date',
  ConceptMap: 'date',
  Condition: 'onset-date',
  Consent: 'date',
  Contract: 'issued',
  CoverageEligibilityRequest: 'created',
  CoverageEligibilityResponse: 'created',
  DetectedIssue: 'identified',
  DeviceRequest: 'authored-on',
  DiagnosticReport: 'date',
  DocumentManifest: 'created',
  DocumentReference: 'date',
  EffectEvidenceSynthesis: 'date',
  Encounter: 'date',
  EpisodeOfCare: 'date',
  EventDefinition: 'date',
  Evidence: 'date',
  EvidenceVariable: 'date',
  ExampleScenario: 'date',
  ExplanationOfBenefit: 'created',
  FamilyMemberHistory: 'date',
  Flag: 'date',
  Goal: 'start-date',
  GraphDefinition: 'date',
  ImagingStudy: 'started',
  Immunization: 'date',
  ImmunizationEvaluation: 'date',
  ImmunizationRecommendation: 'date',
  ImplementationGuide: 'date',
  Invoice: 'date',
  Library: 'date',
  List: 'date',
  Measure: 'date',
  MeasureReport: 'date',
  Media: 'created',
  Medication: 'expiration-date',
  MedicationAdministration: 'effective-time',
  MedicationDispense: 'whenhandedover',
  MedicationRequest: 'authoredon',
  MedicationStatement: 'effective',
  MessageDefinition: 'date',
  NamingSystem: 'date',
  NutritionOrder: 'datetime',
  Observation: 'date',
  OperationDefinition: 'date',
  OrganizationAffiliation: 'date',
  Patient: 'birthdate',
  PaymentNotice: 'created',
  PaymentReconciliation: 'created',
  Person: 'birthdate',
  PlanDefinition: 'date',
  PractitionerRole: 'date',
  Procedure: 'date',
  Provenance: 'recorded',
  Questionnaire: 'date',
  QuestionnaireResponse: 'authored',
  RelatedPerson: 'birthdate',
  RequestGroup: 'authored',
  ResearchDefinition: 'date',
  ResearchElementDefinition: 'date',
  ResearchStudy: 'date',
  ResearchSubject: 'date',
  RiskAssessment: 'date',
  RiskEvidenceSynthesis: 'date',
  Schedule: 'date',
  SearchParameter: 'date',
  ServiceRequest: 'authored',
  Slot: 'start',
  Specimen: 'collected',
  StructureDefinition: 'date',
  StructureMap: 'date',
  Substance: 'expiry',
  SupplyRequest: 'date',
  Task: 'authored-on',
  TerminologyCapabilities: 'date',
  TestReport: 'issued',
  TestScript: 'date',
  ValueSet: 'date',
  VisionPrescription: 'datewritten',
};

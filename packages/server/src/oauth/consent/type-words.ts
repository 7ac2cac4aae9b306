/** A table of words. What an app may see is told in them, so that a twelve-year-old can follow. */

/** Under which heading a type stands. */
export type WordGroup =
  | 'person'
  | 'health'
  | 'tests'
  | 'medicines'
  | 'care'
  | 'documents'
  | 'places'
  | 'money'
  | 'other';

/** The headings, in the order in which the page has them. */
export const groupWords: Readonly<Record<WordGroup, string>> = {
  person: 'Who you are',
  health: 'Health',
  tests: 'Tests and measurements',
  medicines: 'Medicines and vaccines',
  care: 'Visits and treatment',
  documents: 'Letters, forms and messages',
  places: 'People and places that give care',
  money: 'Insurance and bills',
  other: 'Other parts of the record',
};

export type TypeWords = {
  readonly group: WordGroup;
  /** To stand after "your", or at the beginning of a line. */
  readonly words: string;
  /** Whether it is a part of somebody's record, so that "your" may stand before it. */
  readonly isOwn: boolean;
};

/** Types whose tick boxes a wildcard brings; all others of it are one box. */
export const everydayTypes: readonly string[] = [
  'Patient',
  'RelatedPerson',
  'Condition',
  'AllergyIntolerance',
  'Observation',
  'DiagnosticReport',
  'Specimen',
  'MedicationRequest',
  'MedicationDispense',
  'Medication',
  'Immunization',
  'Device',
  'Encounter',
  'Appointment',
  'Procedure',
  'ServiceRequest',
  'CarePlan',
  'CareTeam',
  'Goal',
  'DocumentReference',
  'QuestionnaireResponse',
  'Provenance',
  'Coverage',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
];

const own: Readonly<Record<Exclude<WordGroup, 'places'>, Readonly<Record<string, string>>>> = {
  person: {
    Patient: 'name, birth date, address and phone numbers',
    RelatedPerson: 'family members and other contacts',
    Person: 'name and contacts as kept across records',
  },
  health: {
    Condition: 'illnesses and health problems',
    AllergyIntolerance: 'allergies',
    FamilyMemberHistory: 'illnesses in the family',
    AdverseEvent: 'harm that a treatment did',
    BodyStructure: 'parts of the body with something special',
    ClinicalImpression: 'what doctors think is going on',
    DetectedIssue: 'warnings, such as of medicines that do not go together',
    Flag: 'warnings that staff should see first',
    RiskAssessment: 'risks of getting ill',
  },
  tests: {
    Observation: 'test results, vital signs and other measurements',
    DiagnosticReport: 'test reports',
    Specimen: 'samples taken, such as blood',
    ImagingStudy: 'pictures such as X-rays',
    Media: 'photos, videos and sound recordings',
    MolecularSequence: 'genetic test data',
    VisionPrescription: 'prescriptions for glasses',
  },
  medicines: {
    MedicationRequest: 'prescribed medicines',
    MedicationDispense: 'medicines handed out by a pharmacy',
    MedicationStatement: 'medicines taken',
    MedicationAdministration: 'medicines given by staff',
    Immunization: 'vaccinations',
    ImmunizationEvaluation: 'whether vaccinations count',
    ImmunizationRecommendation: 'vaccinations that are due',
    NutritionOrder: 'diets that were ordered',
  },
  care: {
    Encounter: 'visits and hospital stays',
    EpisodeOfCare: 'times under the care of a clinic',
    Appointment: 'appointments',
    AppointmentResponse: 'answers to appointments',
    Procedure: 'operations and treatments',
    ServiceRequest: 'tests and treatments that were ordered',
    CarePlan: 'care plans',
    CareTeam: 'people who give care',
    Goal: 'health goals',
    Device: 'implants and medical devices',
    DeviceRequest: 'devices that were ordered',
    DeviceUseStatement: 'use of medical devices',
    RequestGroup: 'groups of orders',
    SupplyRequest: 'supplies that were ordered',
    SupplyDelivery: 'supplies that were delivered',
    ResearchSubject: 'studies taken part in',
    Task: 'tasks of staff',
    GuidanceResponse: 'advice from computer programs',
    Schedule: 'when there is time for appointments',
  },
  documents: {
    DocumentReference: 'letters, notes and other documents',
    DocumentManifest: 'collections of documents',
    Composition: 'summaries and reports',
    Binary: 'files, such as PDFs and pictures',
    QuestionnaireResponse: 'answers to forms',
    Communication: 'messages',
    CommunicationRequest: 'messages that were asked for',
    Consent: 'what was agreed to',
    Contract: 'contracts',
    List: 'lists made by staff',
    Provenance: 'who wrote which part of the record',
    AuditEvent: 'who looked at the record',
    Basic: 'notes of other kinds',
    MeasureReport: 'reports on how good the care was',
  },
  money: {
    Coverage: 'health insurance',
    Account: 'accounts for bills',
    Claim: 'bills sent to the insurance',
    ClaimResponse: 'answers of the insurance to bills',
    ExplanationOfBenefit: 'what the insurance paid',
    ChargeItem: 'things that were charged',
    Invoice: 'bills',
    CoverageEligibilityRequest: 'questions about what the insurance pays',
    CoverageEligibilityResponse: 'answers about what the insurance pays',
    EnrollmentRequest: 'requests to be insured',
    EnrollmentResponse: 'answers to requests to be insured',
    PaymentNotice: 'notices of payments',
    PaymentReconciliation: 'lists of payments',
  },
  other: {},
};

const places: Readonly<Record<string, string>> = {
  Practitioner: 'names of doctors, nurses and other staff',
  PractitionerRole: 'where staff work and what they do',
  Organization: 'names of clinics and other organisations',
  OrganizationAffiliation: 'which organisations work together',
  Location: 'places where care is given',
  HealthcareService: 'services that clinics offer',
  Endpoint: 'technical addresses of clinics',
  InsurancePlan: 'insurance plans that there are',
  Slot: 'free times for appointments',
};

/** About nobody: said as it is, without "your". */
const things: Readonly<Record<string, readonly [WordGroup, string]>> = {
  Medication: ['medicines', 'facts about medicines'],
  MedicationKnowledge: ['medicines', 'facts about how medicines work'],
  Substance: ['medicines', 'facts about substances'],
  Questionnaire: ['documents', 'forms to fill in'],
  ResearchStudy: ['care', 'studies that there are'],
  ActivityDefinition: ['care', 'templates for orders'],
  PlanDefinition: ['care', 'templates for care plans'],
  Group: ['other', 'groups of people'],
};

const table: ReadonlyMap<string, TypeWords> = new Map<string, TypeWords>([
  ...(Object.keys(own) as (keyof typeof own)[]).flatMap((group) =>
    Object.entries(own[group]).map(([type, words]) => [type, { group, words, isOwn: true }] as const),
  ),
  ...Object.entries(places).map(
    ([type, words]) => [type, { group: 'places', words, isOwn: false } satisfies TypeWords] as const,
  ),
  ...Object.entries(things).map(([type, [group, words]]) => [type, { group, words, isOwn: false }] as const),
]);

/** The everyday words of a type. What the table does not have is technical, and said by its name in small letters. */
export function wordsOf(type: string): TypeWords {
  return table.get(type) ?? { group: 'other', words: spelledOut(type), isOwn: false };
}

function spelledOut(type: string): string {
  const words = type.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return `technical records of the kind “${words}”`;
}

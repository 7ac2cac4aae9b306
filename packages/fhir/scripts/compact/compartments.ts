/**
 * R4's compartments beside the patient's, which the npm package of definitions leaves out: a resource type on each line,
 * with the search parameters that put a resource into the compartment; `{def}` is the resource that it is named after.
 * The definitions' test compares them with the published R4. @see https://hl7.org/fhir/R4/compartmentdefinition.html
 */
const tables: Readonly<Record<string, string>> = {
  Device: `
    Account subject
    Appointment actor
    AppointmentResponse actor
    AuditEvent agent
    ChargeItem enterer performer-actor
    Claim procedure-udi item-udi detail-udi subdetail-udi
    Communication sender recipient
    CommunicationRequest sender recipient
    Composition author
    DetectedIssue author
    DeviceRequest device subject requester performer
    DeviceUseStatement device
    DiagnosticReport subject
    DocumentManifest subject author
    DocumentReference subject author
    ExplanationOfBenefit procedure-udi item-udi detail-udi subdetail-udi
    Flag author
    Group member
    Invoice participant
    List subject source
    Media subject
    MedicationAdministration device
    MessageHeader target
    Observation subject device
    Provenance agent
    QuestionnaireResponse author
    RequestGroup author
    RiskAssessment performer
    Schedule actor
    ServiceRequest performer requester
    Specimen subject
    SupplyRequest requester
  `,
  Practitioner: `
    Account subject
    AdverseEvent recorder
    AllergyIntolerance recorder asserter
    Appointment actor
    AppointmentResponse actor
    AuditEvent agent
    Basic author
    CarePlan performer
    CareTeam participant
    ChargeItem enterer performer-actor
    Claim enterer provider payee care-team
    ClaimResponse requestor
    ClinicalImpression assessor
    Communication sender recipient
    CommunicationRequest sender recipient requester
    Composition subject author attester
    Condition asserter
    CoverageEligibilityRequest enterer provider
    CoverageEligibilityResponse requestor
    DetectedIssue author
    DeviceRequest requester performer
    DiagnosticReport performer
    DocumentManifest subject author recipient
    DocumentReference subject author authenticator
    Encounter practitioner participant
    EpisodeOfCare care-manager
    ExplanationOfBenefit enterer provider payee care-team
    Flag author
    Group member
    Immunization performer
    Invoice participant
    Linkage author
    List source
    Media subject operator
    MedicationAdministration performer
    MedicationDispense performer receiver
    MedicationRequest requester
    MedicationStatement source
    MessageHeader receiver author responsible enterer
    NutritionOrder provider
    Observation performer
    Patient general-practitioner
    PaymentNotice provider
    PaymentReconciliation requestor
    Person practitioner
    Practitioner {def}
    PractitionerRole practitioner
    Procedure performer
    Provenance agent
    QuestionnaireResponse author source
    RequestGroup participant author
    ResearchStudy principalinvestigator
    RiskAssessment performer
    Schedule actor
    ServiceRequest performer requester
    Specimen collector
    SupplyDelivery supplier receiver
    SupplyRequest requester
    VisionPrescription prescriber
  `,
  Encounter: `
    CarePlan encounter
    CareTeam encounter
    ChargeItem context
    Claim encounter
    ClinicalImpression encounter
    Communication encounter
    CommunicationRequest encounter
    Composition encounter
    Condition encounter
    DeviceRequest encounter
    DiagnosticReport encounter
    DocumentManifest related-ref
    DocumentReference encounter
    Encounter {def}
    ExplanationOfBenefit encounter
    Media encounter
    MedicationAdministration context
    MedicationRequest encounter
    NutritionOrder encounter
    Observation encounter
    Procedure encounter
    QuestionnaireResponse encounter
    RequestGroup encounter
    ServiceRequest encounter
    VisionPrescription encounter
  `,
  RelatedPerson: `
    AdverseEvent recorder
    AllergyIntolerance asserter
    Appointment actor
    AppointmentResponse actor
    Basic author
    CarePlan performer
    CareTeam participant
    ChargeItem enterer performer-actor
    Claim payee
    Communication sender recipient
    CommunicationRequest sender recipient requester
    Composition author
    Condition asserter
    Coverage policy-holder subscriber payor
    DocumentManifest author recipient
    DocumentReference author
    Encounter participant
    ExplanationOfBenefit payee
    Invoice recipient
    MedicationAdministration performer
    MedicationStatement source
    Observation performer
    Patient link
    Person link
    Procedure performer
    Provenance agent
    QuestionnaireResponse author source
    RelatedPerson {def}
    RequestGroup participant
    Schedule actor
    ServiceRequest performer
    SupplyRequest requester
  `,
};

/** By compartment type, then by resource type. */
export const otherCompartments: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> =
  Object.fromEntries(Object.entries(tables).map(([compartment, table]) => [compartment, rowsOf(table)]));

function rowsOf(table: string): Readonly<Record<string, readonly string[]>> {
  const lines = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' '));
  return Object.fromEntries(lines.map(([type = '', ...parameters]) => [type, parameters]));
}

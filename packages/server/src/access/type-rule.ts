/**
 * How a resource type opens to `patient/` and `user/` scopes. "The patients" are the launch context's patient, or those
 * that the user is listed for; "staff" is a user to whom the whole site is open.
 */
export type TypeRule =
  /** The patients: what lies in their compartment by R4's definition. Staff: all, unless `staff` is false. */
  | { readonly kind: 'compartment'; readonly writes: boolean; readonly staff: boolean }
  /** R4 has it in no compartment, yet a parameter says whose it is. Staff: all. */
  | { readonly kind: 'parameter'; readonly parameter: string; readonly writes: boolean }
  /** About no patient: read and searched as a whole by everybody, written by `system/` scopes alone. */
  | { readonly kind: 'shared' }
  /** Follows whom or what it belongs to: see `line.ts`. */
  | { readonly kind: 'binary' }
  /** About patients, but nothing says about whom, or about many at once: staff alone. */
  | { readonly kind: 'staff' }
  /** `system/` scopes alone. */
  | { readonly kind: 'system' };

type Row = { readonly rule: TypeRule; readonly why: string; readonly types: string };

/** The one table of who sees what. A type that is not in it is closed to all but `system/` scopes. */
const table: readonly Row[] = [
  {
    rule: { kind: 'compartment', writes: true, staff: true },
    why: 'the record: R4 says by which parameters each lies in a patient’s compartment',
    types: `Account AdverseEvent AllergyIntolerance Appointment AppointmentResponse Basic BodyStructure CarePlan CareTeam
      ChargeItem Claim ClaimResponse ClinicalImpression Communication CommunicationRequest Condition Consent
      Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue DeviceRequest DeviceUseStatement
      DiagnosticReport DocumentManifest DocumentReference Encounter EnrollmentRequest EpisodeOfCare ExplanationOfBenefit
      FamilyMemberHistory Flag Goal ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation Invoice
      MeasureReport Media MedicationAdministration MedicationDispense MedicationRequest MedicationStatement
      MolecularSequence NutritionOrder Observation Patient Procedure QuestionnaireResponse
      RelatedPerson RequestGroup ResearchSubject RiskAssessment ServiceRequest Specimen SupplyDelivery
      SupplyRequest VisionPrescription`,
  },
  {
    rule: { kind: 'compartment', writes: true, staff: true },
    why: 'names entries that may be anybody’s: the reference is text to its reader, and brings nothing that is closed',
    types: 'Composition List',
  },
  {
    rule: { kind: 'compartment', writes: true, staff: true },
    why: 'of the patients whom it targets; not of whoever owns what it targets, for that may change hands',
    types: 'Provenance',
  },
  {
    rule: { kind: 'compartment', writes: true, staff: true },
    why: 'of the patient whom it links to or whose time it is; Slot tells when the others have time',
    types: 'Person Schedule',
  },
  {
    rule: { kind: 'compartment', writes: false, staff: false },
    why: 'a patient may see who looked at the record; the trail of the site is for administrators, and nobody edits it',
    types: 'AuditEvent',
  },
  {
    rule: { kind: 'parameter', parameter: 'patient', writes: true },
    why: 'in no compartment of R4, but about one patient, whom the parameter names; without a patient it is nobody’s',
    types: 'Device GuidanceResponse Task',
  },
  {
    rule: { kind: 'parameter', parameter: 'patient', writes: false },
    why: 'may be about several patients: each may read it, none may write what binds the others',
    types: 'Contract',
  },
  {
    rule: { kind: 'shared' },
    why: 'who and where: the directory of the site. Slot tells when there is time, not for whom',
    types: `Endpoint HealthcareService InsurancePlan Location Organization OrganizationAffiliation Practitioner
      PractitionerRole Slot`,
  },
  {
    rule: { kind: 'shared' },
    why: 'things, not persons: medications, substances, kinds of devices and specimens',
    types: `CatalogEntry DeviceDefinition Medication MedicationKnowledge MedicinalProduct MedicinalProductAuthorization
      MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient
      MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged MedicinalProductPharmaceutical
      MedicinalProductUndesirableEffect ObservationDefinition SpecimenDefinition Substance SubstanceNucleicAcid
      SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification`,
  },
  {
    rule: { kind: 'shared' },
    why: 'definitions: what clients need in order to read the rest',
    types: `ActivityDefinition CapabilityStatement ChargeItemDefinition CodeSystem CompartmentDefinition ConceptMap
      EffectEvidenceSynthesis EventDefinition Evidence EvidenceVariable ExampleScenario GraphDefinition
      ImplementationGuide Library Measure MessageDefinition NamingSystem OperationDefinition PlanDefinition Questionnaire
      ResearchDefinition ResearchElementDefinition ResearchStudy RiskEvidenceSynthesis SearchParameter
      StructureDefinition StructureMap TerminologyCapabilities TestScript ValueSet`,
  },
  {
    rule: { kind: 'binary' },
    why: 'has no parameters of its own: belongs to the patient of its securityContext, or to the documents linking to it',
    types: 'Binary',
  },
  {
    rule: { kind: 'staff' },
    why: 'R4 puts a Group into the compartment of each member, but it names all the other members',
    types: 'Group',
  },
  {
    rule: { kind: 'staff' },
    why: 'may be about a patient, but no parameter says about which one, or it is about several at once',
    types: `BiologicallyDerivedProduct DeviceMetric EnrollmentResponse Linkage MessageHeader PaymentNotice
      PaymentReconciliation TestReport VerificationResult`,
  },
  {
    rule: { kind: 'system' },
    why: 'holds other resources, of any type and patient, which no rule could judge one by one',
    types: 'Bundle OperationOutcome Parameters',
  },
  {
    rule: { kind: 'system' },
    why: 'sends what it finds to an address of its own: as powerful as what it watches',
    types: 'Subscription',
  },
];

const rules: ReadonlyMap<string, TypeRule> = new Map(
  table.flatMap(({ rule, types }) => types.split(/\s+/).map((type) => [type, rule] as const)),
);

/** The rule of a type; undefined where the table has none, which closes it. */
export function typeRule(type: string): TypeRule | undefined {
  return rules.get(type);
}

/** The reason beside the rule, for the documentation. */
export const typeRules: readonly {
  readonly rule: TypeRule;
  readonly why: string;
  readonly types: readonly string[];
}[] = table.map(({ rule, why, types }) => ({ rule, why, types: types.split(/\s+/) }));

import type { Compact } from '../../src/definitions/compact.ts';

type Corrections = { readonly [section in keyof Compact]?: Record<string, unknown> };

/**
 * Where the npm package says otherwise than the published R4, and what R4 says. Whole entries or their members are
 * given as they must be; null takes one out. The definitions' test compares the result with the published R4.
 */
export const corrections: Corrections = {
  datatypes: {
    Meta: { project: null, author: null, onBehalfOf: null, account: null, accounts: null, compartment: null },
  },
  resources: {
    'AuditEvent.source': {
      observer: '1..1 Σ Reference(PractitionerRole|Practitioner|Organization|Device|Patient|RelatedPerson)',
    },
    Binary: { url: null },
    'Bundle.entry.response': { outcome: '0..1 Σ Resource' },
    DetectedIssue: { status: '1..1 Σ code =http://hl7.org/fhir/ValueSet/observation-status|4.0.1' },
    DeviceDefinition: { classification: null, bodySite: null },
    'DeviceDefinition.classification': null,
    EvidenceVariable: { characteristic: '1..* Σ #EvidenceVariable.characteristic' },
    'EvidenceVariable.characteristic': {
      linkId: null,
      note: null,
      definitionReference: null,
      definitionCanonical: null,
      definitionCodeableConcept: null,
      definitionExpression: null,
      definitionId: null,
      definitionByTypeAndValue: null,
      definitionByCombination: null,
      'instances[x]': null,
      'duration[x]': null,
      timeFromEvent: null,
      description: '0..1 string',
      'definition[x]':
        '1..1 Σ Reference(Group) canonical(ActivityDefinition) CodeableConcept Expression DataRequirement TriggerDefinition',
      usageContext: '0..* UsageContext',
      'participantEffective[x]': '0..1 dateTime Period Duration Timing',
      timeFromStart: '0..1 Duration',
      groupMeasure: '0..1 code =http://hl7.org/fhir/ValueSet/group-measure|4.0.1',
    },
    'EvidenceVariable.characteristic.definitionByCombination': null,
    'EvidenceVariable.characteristic.definitionByTypeAndValue': null,
    'EvidenceVariable.characteristic.timeFromEvent': null,
    MeasureReport: {
      subject: '0..1 Σ Reference(Patient|Practitioner|PractitionerRole|Location|Device|RelatedPerson|Group)',
    },
    ObservationDefinition: { publisher: null },
    ResearchStudy: {
      site: '0..* Σ Reference(Location)',
      name: null,
      label: null,
      studyDesign: null,
      region: null,
      descriptionSummary: null,
      classifier: null,
      associatedParty: null,
      progressStatus: null,
      whyStopped: null,
      recruitment: null,
      comparisonGroup: null,
      outcomeMeasure: null,
      result: null,
    },
    'ResearchStudy.associatedParty': null,
    'ResearchStudy.comparisonGroup': null,
    'ResearchStudy.label': null,
    'ResearchStudy.objective': { description: null },
    'ResearchStudy.outcomeMeasure': null,
    'ResearchStudy.progressStatus': null,
    'ResearchStudy.recruitment': null,
    SubscriptionStatus: null,
    'SubscriptionStatus.notificationEvent': null,
  },
  searchParameters: {
    'http://hl7.org/fhir/SearchParameter/MeasureReport-subject': {
      target: ['Practitioner', 'Group', 'Device', 'Patient', 'PractitionerRole', 'RelatedPerson', 'Location'],
    },
    'http://hl7.org/fhir/SearchParameter/clinical-patient': { target: ['Patient', 'Group'] },
    'http://hl7.org/fhir/SearchParameter/DetectedIssue-status': null,
    'http://hl7.org/fhir/SearchParameter/DeviceDefinition-classification': null,
    'http://hl7.org/fhir/SearchParameter/ServiceRequest-order-detail': null,
  },
  compartments: { Patient: { Encounter: ['patient'], Task: null } },
};

/** Applies corrections to a section in place: members are set one by one, null deletes, other values replace. */
export function correct(section: Record<string, unknown>, changes: Record<string, unknown> | undefined): void {
  for (const [key, change] of Object.entries(changes ?? {})) {
    const now = section[key];
    if (change === null && now === undefined) throw new Error(`A correction takes out ${key}, which is not there`);
    if (change === null) delete section[key];
    else if (isRecord(change) && isRecord(now)) correct(now, change);
    else section[key] = change;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { fhirUrl, type TestApp, type TestAppOptions, testApp } from '../../packages/server/src/testing/app.ts';
import type { TestGate } from '../../packages/server/src/testing/gate.ts';

/** What the kits ask for, type by type. */
export const compartmentTypes =
  'Patient AllergyIntolerance CarePlan CareTeam Condition DiagnosticReport DocumentReference Goal Immunization MedicationRequest Observation Procedure Provenance ServiceRequest Coverage MedicationDispense Specimen Location'.split(
    ' ',
  );
export const requestedTypes =
  'Medication AllergyIntolerance CarePlan CareTeam Condition Coverage Device DiagnosticReport DocumentReference Encounter Goal Immunization Location MedicationDispense MedicationRequest Observation Organization Patient Practitioner PractitionerRole Procedure Provenance QuestionnaireResponse RelatedPerson ServiceRequest Specimen'.split(
    ' ',
  );
export const unrestrictedTypes =
  'AllergyIntolerance CarePlan CareTeam Condition Device DiagnosticReport DocumentReference Encounter Goal Immunization MedicationRequest Observation Organization Procedure Patient Practitioner Provenance ServiceRequest Coverage MedicationDispense Location'.split(
    ' ',
  );

/** Where the kits wait, on the machine of whoever runs them. */
export const kitRedirect = 'http://localhost:4567/custom/smart/redirect';

export const scopesOf = (context: 'patient' | 'user', verb: string, types = requestedTypes) =>
  types.map((type) => `${context}/${type}.${verb}`).join(' ');

export const standaloneScope = `launch/patient openid fhirUser offline_access ${scopesOf('patient', 'rs')}`;

/** An app as the kits register it. */
export function kitApp(node: TestGate, { metadata = {}, ...more }: TestAppOptions = {}): Promise<TestApp> {
  return testApp(node, {
    ...more,
    metadata: {
      redirect_uris: [kitRedirect],
      scope: `launch launch/patient openid fhirUser offline_access patient/*.rs patient/*.read user/*.rs`,
      ...metadata,
    },
  });
}

export { fhirUrl };

/** @property dates those of the parameters that are dates with comparators */
export type UsCoreSearch = {
  readonly type: string;
  readonly codes: readonly string[];
  readonly isRequired: boolean;
  readonly dates?: readonly string[];
};

/**
 * The searches that US Core 6.1.0 and 7.0.0 name: a line a type, combinations separated by commas, parameters by `+`. `!`:
 * a server SHALL have it; the others it SHOULD. `~` marks dates that are compared by gt, ge, lt and le.
 * Parameters that only the guide defines are searched in `us-core-examples.test.ts`.
 * @see http://hl7.org/fhir/us/core/STU7/CapabilityStatement-us-core-server.html
 */
const table = `
AllergyIntolerance !patient, patient+clinical-status
CarePlan           !patient+category, patient+category+status, patient+category+~date, patient+category+status+~date
CareTeam           !patient+status
Condition          !patient, !patient+category, patient+category+clinical-status, patient+category+encounter, patient+clinical-status, patient+code, patient+~onset-date, patient+~abatement-date, patient+~recorded-date, patient+_lastUpdated
Coverage           !patient
Device             !patient, patient+type, patient+status
DiagnosticReport   !patient, !patient+category, !patient+code, !patient+category+~date, patient+code+~date, patient+status, patient+category+_lastUpdated
DocumentReference  !_id, !patient, !patient+type, !patient+category, !patient+category+~date, patient+type+~period, patient+status
Encounter          !_id, !patient, !~date+patient, identifier, class+patient, patient+type, patient+status, patient+location, patient+_lastUpdated
Goal               !patient, patient+lifecycle-status, patient+~target-date
Immunization       !patient, patient+~date, patient+status
Location           !name, !address, address-city, address-state, address-postalcode
MedicationDispense !patient, patient+status, patient+status+type
MedicationRequest  !patient+intent, !patient+intent+status, patient+intent+encounter, patient+intent+~authoredon
Observation        !patient+category, !patient+code, !patient+category+~date, patient+code+~date, patient+category+status, patient+category+_lastUpdated
Organization       !name, !address
Patient            !_id, !identifier, !name, !birthdate+name, !gender+name, birthdate+family, family+gender, death-date+family
Practitioner       !name, !identifier, _id
PractitionerRole   !specialty, !practitioner
Procedure          !patient, !patient+~date, patient+status, patient+code+~date
QuestionnaireResponse !patient, !_id, patient+status, patient+~authored, patient+questionnaire
RelatedPerson      !_id, patient, name, patient+name
ServiceRequest     !patient, !_id, !patient+category, !patient+code, !patient+category+~authored, patient+status, patient+code+~authored
Specimen           !_id, patient
`;

export const usCoreSearches: readonly UsCoreSearch[] = table
  .trim()
  .split('\n')
  .flatMap((line) => {
    const [type = '', ...rest] = line.split(/\s+/);
    return rest
      .join('')
      .split(',')
      .map((combination) => searchOf(type, combination));
  });

function searchOf(type: string, combination: string): UsCoreSearch {
  const words = combination.replace('!', '').split('+');
  const dates = words.filter((word) => word.startsWith('~')).map((word) => word.slice(1));
  return {
    type,
    codes: words.map((word) => word.replace('~', '')),
    isRequired: combination.includes('!'),
    ...(dates.length === 0 ? {} : { dates }),
  };
}

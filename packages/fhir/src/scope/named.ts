/**
 * The scopes without a resource type, and what each lets an app do.
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
 */
export const namedScopes: ReadonlyMap<string, string> = new Map([
  ['openid', 'Sign the user in.'],
  ['fhirUser', 'Know which record is the user’s own.'],
  ['profile', 'See the user’s name and profile.'],
  ['email', 'See the user’s email address.'],
  ['phone', 'See the user’s telephone number.'],
  ['address', 'See the user’s postal address.'],
  ['launch', 'Start from the record system, with the patient who is open there.'],
  ['launch/patient', 'Ask which patient it is to work with.'],
  ['launch/encounter', 'Ask which encounter it is to work with.'],
  ['offline_access', 'Keep its access when the user is away, until it is revoked.'],
  ['online_access', 'Keep its access as long as the user is signed in.'],
  ['api:fhir', 'Use the FHIR API.'],
  ['api:oemr', 'Name OpenEMR’s standard API, which opens nothing here.'],
  ['api:port', 'Name OpenEMR’s portal API, which opens nothing here.'],
]);

import { minimalInstance } from '../support/minimal-instance.ts';
import { type Ask, ask } from './claimed.testing.ts';

const core = 'http://hl7.org/fhir/OperationDefinition';
const own = 'https://chartgate.dev/fhir/OperationDefinition';
const genders = 'http://hl7.org/fhir/administrative-gender';
const genderSet = 'http://hl7.org/fhir/ValueSet/administrative-gender';

/** A call of each operation that answers 200, by its definition. */
export const calls: Readonly<Record<string, Ask>> = {
  'http://hl7.org/fhir/us/core/OperationDefinition/docref': () =>
    ask('GET', 'DocumentReference/$docref?patient=nobody'),
  [`${core}/Patient-everything`]: (type, id) => ask('GET', `${type}/${id}/$everything`),
  [`${core}/Observation-lastn`]: (type) => ask('GET', `${type}/$lastn?patient=nobody&category=vital-signs`),
  [`${core}/ValueSet-expand`]: (type) => ask('GET', `${type}/$expand?url=${genderSet}`),
  [`${core}/ValueSet-validate-code`]: (type) =>
    ask('GET', `${type}/$validate-code?url=${genderSet}&system=${genders}&code=male`),
  [`${core}/CodeSystem-validate-code`]: (type) => ask('GET', `${type}/$validate-code?url=${genders}&code=male`),
  [`${core}/CodeSystem-lookup`]: (type) => ask('GET', `${type}/$lookup?system=${genders}&code=male`),
  [`${core}/CodeSystem-subsumes`]: (type) => ask('GET', `${type}/$subsumes?system=${genders}&codeA=male&codeB=female`),
  [`${core}/Resource-meta`]: (type, id) => ask('GET', `${type}/${id}/$meta`),
  [`${core}/Resource-meta-add`]: (type, id) => ask('POST', `${type}/${id}/$meta-add`, { resource: labels }),
  [`${core}/Resource-meta-delete`]: (type, id) => ask('POST', `${type}/${id}/$meta-delete`, { resource: labels }),
  [`${core}/Resource-validate`]: (type) => validateBy(type, []),
  [`${own}/explain`]: (type) => ask('GET', `${type}/$explain?_id=x`),
  [`${own}/SearchParameter-status`]: (type) => ask('GET', `${type}/$status`),
};

const labels = {
  resourceType: 'Parameters',
  parameter: [{ name: 'meta', valueMeta: { tag: [{ system: 'http://a.example', code: 'x' }] } }],
};

/** `$validate` of a minimal instance by profiles. */
export function validateBy(type: string, profiles: readonly string[]) {
  const parameter = [
    { name: 'resource', resource: minimalInstance(type) },
    ...profiles.map((profile) => ({ name: 'profile', valueUri: profile })),
  ];
  return ask('POST', `${type}/$validate`, { resource: { resourceType: 'Parameters', parameter } });
}

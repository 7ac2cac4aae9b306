import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validate } from '@chartgate/fhir';
import type { TransactionBundle, TransactionEntry } from './bundle.ts';
import { patients } from './patients.ts';
import { showcase } from './showcase/showcase.ts';
import { supportingBundle } from './supporting.ts';

const today = '2026-01-01';
const bundles = [...patients({ seed: 'test', count: 150 })];
const supporting = supportingBundle({ seed: 'test' });
const all = [supporting, ...bundles];
const shown = showcase({ seed: 'test' });
/** Without the last bundle, which holds the Group. */
const shownPatients = shown.slice(0, -1);

type Loose = { readonly [member: string]: unknown };

const resources = (bundle: TransactionBundle, type?: string) =>
  bundle.entry.map((entry) => entry.resource).filter((resource) => !type || resource.resourceType === type);

const only = (bundle: TransactionBundle, type: string) => {
  const [resource] = resources(bundle, type);
  assert.ok(resource, `a ${type} in each bundle`);
  return resource as Loose & { id: string };
};

/** Every object in a resource, with the path to it. */
function* objects(value: unknown, path = ''): Generator<readonly [path: string, object: Loose]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [path, value as Loose];
  for (const [key, member] of Object.entries(value)) {
    yield* objects(member, Array.isArray(value) ? path : `${path}.${key}`);
  }
}

/** Every text in a resource, with the path to it. */
function* texts(value: object, path: string): Generator<readonly [path: string, text: string]> {
  for (const [at, object] of objects(value, path)) {
    for (const [key, member] of Object.entries(object)) if (typeof member === 'string') yield [`${at}.${key}`, member];
  }
}

test('the same seed gives the same bytes, and patient n is the same however many are asked for', () => {
  assert.equal(JSON.stringify([...patients({ seed: 'test', count: 150 })]), JSON.stringify(bundles));
  assert.equal(
    JSON.stringify([...patients({ seed: 'test', start: 140, count: 10 })]),
    JSON.stringify(bundles.slice(140)),
  );
  assert.equal(JSON.stringify(supportingBundle({ seed: 'test' })), JSON.stringify(supporting));
  assert.equal(JSON.stringify(showcase({ seed: 'test' })), JSON.stringify(shown));
});

test('another seed or another day gives other patients', () => {
  const [other] = patients({ seed: 'another', count: 1 });
  const [later] = patients({ seed: 'test', count: 1, today: '2027-03-04' });
  assert.notEqual(JSON.stringify(other), JSON.stringify(bundles[0]));
  assert.notEqual(JSON.stringify(later), JSON.stringify(bundles[0]));
  assert.notEqual(JSON.stringify(supportingBundle({ seed: 'another' })), JSON.stringify(supporting));
  assert.notEqual(JSON.stringify(showcase({ seed: 'another' })), JSON.stringify(shown));
});

test('a day that is none is refused with what was expected', () => {
  assert.throws(() => [...patients({ seed: 1, count: 1, today: '2026-02-30' })], /Expected YYYY-MM-DD/);
});

test('patients come by PUT under ids that no two resources share', () => {
  const urls = [...bundles, ...shown].flatMap((bundle) => bundle.entry.map((entry) => entry.request.url));
  assert.equal(new Set(urls).size, urls.length);
  for (const { request, resource, fullUrl } of [...bundles, ...shown].flatMap((bundle) => bundle.entry)) {
    assert.equal(request.method, 'PUT');
    assert.equal(request.url, `${resource.resourceType}/${resource.id}`);
    assert.ok(fullUrl.endsWith(`/${request.url}`));
  }
});

test('supporting resources are created only where none has their identifier', () => {
  const conditions = supporting.entry.map(({ request }) => {
    assert.equal(request.method, 'POST');
    return 'ifNoneExist' in request ? `${request.url}?${request.ifNoneExist}` : '';
  });
  assert.equal(new Set(conditions).size, conditions.length);
  for (const type of ['Organization', 'Location', 'Practitioner', 'PractitionerRole']) only(supporting, type);
});

test('every resource is valid FHIR R4', () => {
  for (const resource of [...all, ...shown].flatMap((bundle) => resources(bundle))) {
    assert.deepEqual(validate(resource), []);
  }
});

test('every reference resolves inside its bundle or names a supporting resource', () => {
  const named = new Set(supporting.entry.flatMap(namesOf));
  for (const bundle of all) {
    const known = new Set([...named, ...bundle.entry.flatMap(namesOf)]);
    for (const resource of resources(bundle)) {
      for (const [path, { reference }] of objects(resource, resource.resourceType)) {
        if (typeof reference === 'string') assert.ok(known.has(reference), `${path}: ${reference}`);
      }
    }
  }
});

function namesOf({ fullUrl, resource, request }: TransactionEntry): string[] {
  const names = [`${resource.resourceType}/${resource.id}`, fullUrl];
  return 'ifNoneExist' in request ? [...names, `${request.url}?${request.ifNoneExist}`] : names;
}

test('every reference and attachment of the showcase resolves inside of the patient, or names a supporting resource', () => {
  const named = new Set(supporting.entry.flatMap(namesOf));
  const people = new Set(shownPatients.map((bundle) => `Patient/${only(bundle, 'Patient').id}`));
  for (const bundle of shown) {
    const known = new Set([...named, ...people, ...bundle.entry.flatMap(namesOf)]);
    for (const resource of resources(bundle)) {
      for (const [path, { reference, contentType, url }] of objects(resource, resource.resourceType)) {
        if (typeof reference === 'string') assert.ok(known.has(reference), `${path}: ${reference}`);
        if (typeof contentType === 'string' && url !== undefined) assert.ok(known.has(String(url)), `${path}: ${url}`);
      }
    }
  }
});

test('nothing happens before birth, after death or after today', () => {
  const future = /Date$|dueDate$|\.(birthDate|expirationDate)$/;
  for (const bundle of [...bundles, ...shownPatients]) {
    const patient = only(bundle, 'Patient');
    const birth = Date.parse(`${patient.birthDate}T00:00:00-05:00`);
    const end = Date.parse((patient.deceasedDateTime as string | undefined) ?? `${today}T23:59:59-05:00`);
    for (const resource of resources(bundle)) {
      for (const [path, text] of texts(resource, resource.resourceType)) {
        if (!/^\d{4}-\d{2}-\d{2}(T|$)/.test(text) || /^Specimen\.(accession|identifier)/.test(path)) continue;
        if (future.test(path) && !path.endsWith('recordedDate') && !path.endsWith('startDate')) continue;
        const time = Date.parse(text.length === 10 ? `${text}T00:00:00-05:00` : text);
        assert.ok(
          time >= birth && time <= end,
          `${path} ${text}, born ${patient.birthDate}, ends ${new Date(end).toISOString()}`,
        );
      }
    }
  }
});

test('periods end after they start, and conditions abate after their onset', () => {
  for (const resource of [...bundles, ...shown].flatMap((bundle) => resources(bundle))) {
    for (const [path, { start, end }] of objects(resource, resource.resourceType)) {
      if (typeof start === 'string' && typeof end === 'string') assert.ok(start <= end, `${path} ${start} to ${end}`);
    }
    const { onsetDateTime, abatementDateTime } = resource as Loose;
    if (typeof abatementDateTime === 'string') assert.ok(String(onsetDateTime) <= abatementDateTime);
  }
});

const mustHave: { readonly [type: string]: readonly string[] } = {
  AllergyIntolerance: ['clinicalStatus', 'verificationStatus', 'code', 'patient'],
  CarePlan: ['text', 'status', 'intent', 'category', 'subject'],
  CareTeam: ['status', 'subject', 'participant'],
  Condition: ['clinicalStatus', 'verificationStatus', 'category', 'code', 'subject', 'recordedDate'],
  Coverage: ['identifier', 'status', 'type', 'subscriberId', 'beneficiary', 'relationship', 'period', 'payor', 'class'],
  Device: ['udiCarrier', 'distinctIdentifier', 'lotNumber', 'serialNumber', 'type', 'patient'],
  DiagnosticReport: ['status', 'category', 'code', 'subject', 'encounter', 'effectiveDateTime', 'issued', 'performer'],
  DocumentReference: ['identifier', 'status', 'type', 'category', 'subject', 'date', 'author', 'content', 'context'],
  Endpoint: ['status', 'connectionType', 'managingOrganization', 'payloadType', 'address'],
  Encounter: ['identifier', 'status', 'class', 'type', 'subject', 'participant', 'period', 'location'],
  Goal: ['lifecycleStatus', 'description', 'subject', 'startDate', 'target'],
  Immunization: ['status', 'vaccineCode', 'patient', 'occurrenceDateTime', 'primarySource'],
  Location: ['status', 'name', 'telecom', 'address', 'managingOrganization'],
  Medication: ['code'],
  MedicationDispense: [
    'status',
    'subject',
    'performer',
    'authorizingPrescription',
    'type',
    'quantity',
    'whenHandedOver',
  ],
  MedicationRequest: [
    'status',
    'intent',
    'category',
    'reportedBoolean',
    'subject',
    'authoredOn',
    'requester',
    'dosageInstruction',
    'dispenseRequest',
  ],
  Observation: ['status', 'category', 'code', 'subject', 'performer'],
  Organization: ['identifier', 'active', 'name', 'telecom', 'address'],
  Patient: ['extension', 'identifier', 'name', 'telecom', 'gender', 'birthDate', 'address', 'communication'],
  Practitioner: ['identifier', 'name', 'telecom', 'address'],
  PractitionerRole: ['practitioner', 'organization', 'code', 'specialty', 'location', 'telecom', 'endpoint'],
  Procedure: ['status', 'code', 'subject', 'performedDateTime', 'encounter'],
  Provenance: ['target', 'recorded', 'agent'],
  QuestionnaireResponse: ['identifier', 'questionnaire', 'status', 'subject', 'authored', 'author', 'item'],
  RelatedPerson: ['active', 'patient', 'relationship', 'name', 'telecom', 'address'],
  ServiceRequest: ['status', 'intent', 'category', 'code', 'subject', 'encounter', 'authoredOn', 'requester'],
  Specimen: ['type', 'subject', 'accessionIdentifier'],
};

/** US Core has no profile of Endpoint. */
const usCore = /^http:\/\/hl7\.org\/fhir\/us\/core\/StructureDefinition\//;

test('what US Core demands of each resource is there', () => {
  const seen = new Set<string>();
  for (const resource of all.flatMap((bundle) => resources(bundle))) {
    seen.add(resource.resourceType);
    if (resource.resourceType !== 'Endpoint') assert.match(String(resource.meta?.profile?.[0]), usCore);
    for (const member of mustHave[resource.resourceType] ?? ['(unexpected type)']) {
      assert.ok(member in resource, `${resource.resourceType}.${member}`);
    }
    if (resource.resourceType === 'Observation') {
      const values = ['valueQuantity', 'valueCodeableConcept', 'valueString', 'component', 'hasMember'];
      assert.ok(
        values.some((value) => value in resource),
        'an Observation has a value, components or members',
      );
      assert.ok('effectiveDateTime' in resource || 'effectivePeriod' in resource);
    }
  }
  assert.deepEqual([...seen].sort(), Object.keys(mustHave).sort());
});

test('an organization has no home, as invariant org-2 says', () => {
  for (const { address } of resources(supporting, 'Organization')) {
    for (const { use } of address as Loose[]) assert.equal(use, 'work');
  }
});

test('patients are nobody: reserved mail domain, fictional telephone numbers, marked as test data', () => {
  for (const resource of [...all, ...shown].flatMap((bundle) => resources(bundle))) {
    for (const [, { system, value }] of objects(resource)) {
      if (system === 'email') assert.match(String(value), /\.example$/);
      if (system === 'phone' && value !== undefined) assert.match(String(value), /-555-01\d\d$/);
    }
  }
  for (const bundle of [...bundles, ...shownPatients]) {
    assert.match(JSON.stringify(only(bundle, 'Patient').meta), /"HTEST"/);
  }
});

test('a record has about 60 to 150 resources on average', () => {
  const mean = bundles.reduce((sum, bundle) => sum + bundle.entry.length, 0) / bundles.length;
  assert.ok(mean > 60 && mean < 160, `${mean}`);
});

const hasCode = (resource: object, code: string) => JSON.stringify(resource).includes(`"code":"${code}"`);

test('who has diabetes is followed: HbA1c, metformin and a care plan', () => {
  const diabetics = bundles.filter((bundle) =>
    resources(bundle, 'Condition').some((condition) => hasCode(condition, '44054006')),
  );
  assert.ok(diabetics.length >= 5);
  const followed = diabetics.filter((bundle) => resources(bundle, 'Encounter').length > 2);
  for (const bundle of followed) {
    const results = resources(bundle, 'Observation').filter((observation) => hasCode(observation, '4548-4'));
    assert.ok(results.length > 0);
    assert.ok(resources(bundle, 'CarePlan').some((plan) => hasCode(plan, '735985000')));
    assert.ok(JSON.stringify(bundle).includes('861007'), 'metformin');
  }
});

test('only women are pregnant, and only children come as well children', () => {
  for (const bundle of bundles) {
    const patient = only(bundle, 'Patient');
    if (resources(bundle, 'Condition').some((condition) => hasCode(condition, '72892002')))
      assert.equal(patient.gender, 'female');
    for (const encounter of resources(bundle, 'Encounter')) {
      if (!hasCode(encounter, '410620009')) continue;
      const { start } = (encounter as Loose).period as { start: string };
      assert.ok(Number(start.slice(0, 4)) - Number(String(patient.birthDate).slice(0, 4)) <= 18);
    }
  }
});

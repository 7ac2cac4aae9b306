import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let all: string;

const to = (reference: string) => ({ reference });
const observation = (id: string, patient: string, more: object = {}) => ({
  ...{ resourceType: 'Observation', id, status: 'final', code: { coding: [{ code: 'c' }] } },
  ...{ subject: to(`Patient/${patient}`), ...more },
});
const resources = [
  { resourceType: 'Organization', id: 'org', name: 'Clinic' },
  { resourceType: 'Practitioner', id: 'doc', name: [{ family: 'House' }] },
  {
    resourceType: 'Patient',
    id: 'a',
    generalPractitioner: [to('Practitioner/doc')],
    managingOrganization: to('Organization/org'),
  },
  { resourceType: 'Patient', id: 'b' },
  {
    resourceType: 'Encounter',
    id: 'e',
    status: 'finished',
    class: { code: 'AMB' },
    subject: to('Patient/a'),
    participant: [{ individual: to('Practitioner/doc') }],
  },
  observation('o1', 'a', { encounter: to('Encounter/e') }),
  observation('o2', 'b', { hasMember: [to('Observation/o1')] }),
  {
    resourceType: 'List',
    id: 'l',
    status: 'current',
    mode: 'working',
    entry: [{ item: to('Observation/o2') }, { item: to('Patient/b') }],
  },
  { resourceType: 'Questionnaire', id: 'q', status: 'active', url: 'http://forms.example/q', title: 'Form' },
  {
    resourceType: 'QuestionnaireResponse',
    id: 'qr',
    status: 'completed',
    questionnaire: 'http://forms.example/q|2',
    subject: to('Patient/a'),
  },
];

before(async () => {
  server = await runningServer();
  all = await server.token('system/*.cruds');
  const entry = resources.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }));
  const answer = await server.ask('', all, {
    method: 'POST',
    body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }),
  });
  assert.equal(answer.status, 200, await answer.text());
});
after(() => server.close());

type Entry = {
  readonly resource: {
    readonly resourceType: string;
    readonly id: string;
    readonly issue?: readonly { readonly diagnostics: string }[];
  };
  readonly search: { readonly mode: string };
};
type Found = {
  readonly total?: number;
  readonly link: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly Entry[];
};

async function found(path: string, token = all, init: RequestInit = {}): Promise<Found> {
  const answer = await server.ask(path, token, init);
  const text = await answer.text();
  assert.equal(answer.status, 200, `${path}: ${text}`);
  return JSON.parse(text) as Found;
}

const names = ({ entry = [] }: Found, mode = 'match') =>
  entry
    .filter(({ search }) => search.mode === mode)
    .map(({ resource }) => `${resource.resourceType}/${resource.id}`)
    .sort();
const linkOf = ({ link }: Found, relation: string) => link.find((one) => one.relation === relation)?.url;

async function refusal(path: string, status: number, token = all): Promise<string> {
  const answer = await server.ask(path, token);
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  return text;
}

for (const [path, expected] of [
  ['?_type=Observation,Encounter&subject=Patient/a', 'Encounter/e Observation/o1'],
  ['?_type=Patient', 'Patient/a Patient/b'],
  ['?_list=l', 'Observation/o2 Patient/b'],
  ['?_id=org,e', 'Encounter/e Organization/org'],
  ['Observation?_list=l', 'Observation/o2'],
  ['Patient/a/Observation', 'Observation/o1'],
  ['Patient/a/Observation?code=c', 'Observation/o1'],
  ['Patient/a/Observation?code=other', ''],
  ['Patient/a/*', 'Encounter/e Observation/o1 Patient/a QuestionnaireResponse/qr'],
  ['Patient/a/*?_type=Encounter,Patient', 'Encounter/e Patient/a'],
  ['Practitioner/doc/Encounter', 'Encounter/e'],
  ['Practitioner/doc/*', 'Encounter/e Patient/a Practitioner/doc'],
  ['Encounter/e/Observation', 'Observation/o1'],
  ['Encounter/e/Encounter', 'Encounter/e'],
  ['Patient/nobody/*', ''],
  ['Observation?patient.general-practitioner:Practitioner.name=house', 'Observation/o1'],
  ['Practitioner?_has:Patient:general-practitioner:_has:Observation:patient:code=c', 'Practitioner/doc'],
  ['Patient?_has:Observation:patient:encounter:Encounter.participant:Practitioner.name=house', 'Patient/a'],
  ['Observation?encounter:Encounter._has:Observation:encounter:code=c', 'Observation/o1'],
  ['QuestionnaireResponse?questionnaire.title=form', 'QuestionnaireResponse/qr'],
  ['Questionnaire?_has:QuestionnaireResponse:questionnaire:subject=Patient/a', 'Questionnaire/q'],
] as const) {
  test(`GET ${path} finds ${expected || 'nothing'}`, async () => {
    const answer = await found(path);
    assert.equal(names(answer).join(' '), expected);
    assert.equal(answer.total, expected.split(' ').filter(Boolean).length);
    const [place = '', query = ''] = path.split('?');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const posted = await found(`${place}${place && '/'}_search`, all, { method: 'POST', body: query, headers });
    assert.equal(names(posted).join(' '), expected);
    assert.equal(linkOf(posted, 'self'), linkOf(answer, 'self'));
  });
}

for (const [path, expected] of [
  ['Observation?_id=o1&_include=*', 'Encounter/e Patient/a'],
  ['Observation?_id=o1&_include=Observation:*:Patient', 'Patient/a'],
  [
    'Observation?_id=o2&_include:iterate=Observation:has-member&_include:iterate=Observation:patient&_include:iterate=Patient:organization',
    'Observation/o1 Organization/org Patient/a Patient/b',
  ],
  ['Observation?_id=o2&_include=Observation:has-member', 'Observation/o1'],
  [
    'Organization?_id=org&_revinclude=Patient:organization&_revinclude:iterate=Observation:patient',
    'Observation/o1 Patient/a',
  ],
  ['Patient?_id=a&_revinclude=*', 'Encounter/e Observation/o1 QuestionnaireResponse/qr'],
  ['QuestionnaireResponse?_include=QuestionnaireResponse:questionnaire', 'Questionnaire/q'],
  ['Questionnaire?_revinclude=QuestionnaireResponse:questionnaire', 'QuestionnaireResponse/qr'],
  [
    '?_type=Patient,Encounter&_id=a,e&_include=Patient:organization&_include=Encounter:participant',
    'Organization/org Practitioner/doc',
  ],
] as const) {
  test(`GET ${path} includes ${expected}`, async () =>
    assert.equal(names(await found(path), 'include').join(' '), expected));
}

test('A search of the system is paged like any other, with links to the first and the next page', async () => {
  const seen: string[] = [];
  let path: string | undefined = '?_count=3&_sort=-_lastUpdated';
  while (path !== undefined) {
    const page: Found = await found(path);
    seen.push(...(page.entry ?? []).map(({ resource }) => `${resource.resourceType}/${resource.id}`));
    assert.equal(linkOf(page, 'first'), seen.length > 3 ? `${server.fhir}?_count=3&_sort=-_lastUpdated` : undefined);
    path = linkOf(page, 'next');
  }
  assert.deepEqual(seen.sort(), resources.map((one) => `${one.resourceType}/${one.id}`).sort());
});

test('What the scopes do not open is left out of a search that names no type, and refuses one that does', async () => {
  const token = await server.token('system/Patient.rs system/Observation.rs?code=other');
  assert.deepEqual(names(await found('', token)), ['Patient/a', 'Patient/b']);
  assert.deepEqual(names(await found('Patient/a/*', token)), ['Patient/a']);
  assert.match(await refusal('?_type=Patient,Encounter', 403, token), /system\/Encounter\.s/);
  assert.match(await refusal('Patient/a/Encounter', 403, token), /system\/Encounter\.s/);
  assert.deepEqual(names(await found('Patient?_list=l', token)), [], 'a list that may not be searched has no members');
});

for (const [path, status, expected] of [
  ['Patient/a/Location', 404, /Location lies in no Patient's compartment/],
  ['Patient/a/*?_type=Location', 404, /Location lies in no Patient's compartment/],
  ['Observation/o1/Patient', 404, /no compartment at this path/],
  ['?code=c', 400, /no such parameter/],
  ['?_type=Patient,Observation&_sort=-date', 400, /_sort/],
  ['Patient?_list=$current-problems', 400, /a server computes/],
] as const) {
  test(`GET ${path} is refused with ${status}`, async () => assert.match(await refusal(path, status), expected));
}

test('What was passed over is told in an outcome entry, and every other parameter is used', async () => {
  const headers = { prefer: 'handling=lenient' };
  const answer = await found('Patient?nam=x&_id=a', all, { headers });
  assert.deepEqual(names(answer), ['Patient/a']);
  const [outcome] = (answer.entry ?? []).filter(({ search }) => search.mode === 'outcome');
  assert.match(outcome?.resource.issue?.[0]?.diagnostics ?? '', /parameter nam was passed over/);
  assert.equal(linkOf(answer, 'self'), `${server.fhir}/Patient?_id=a`);
  assert.equal(names(await found('Patient?_id=a'), 'outcome').length, 0);
});

test('Every include that metadata lists is answered', async () => {
  const metadata = (await (await server.ask('metadata', undefined)).json()) as {
    rest: {
      interaction: { code: string }[];
      resource: { type: string; searchInclude: string[]; searchRevInclude: string[] }[];
    }[];
  };
  const [rest] = metadata.rest;
  assert.ok(rest);
  assert.ok(rest.interaction.some(({ code }) => code === 'search-system'));
  for (const { type, searchInclude, searchRevInclude } of rest.resource) {
    if (!['Patient', 'Observation', 'Encounter', 'Questionnaire', 'Group'].includes(type)) continue;
    assert.ok(searchRevInclude.includes('Provenance:target'));
    const asked = [
      ...searchInclude.map((value) => ['_include', value] as [string, string]),
      ...searchRevInclude.map((value) => ['_revinclude', value] as [string, string]),
    ];
    while (asked.length > 0) await found(`${type}?${new URLSearchParams(asked.splice(0, 20))}`);
  }
});

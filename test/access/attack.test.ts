import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseScope, parseSearch } from '@chartgate/fhir';
import type { Grant } from '../../packages/server/src/access/grant.ts';
import { closedRecords } from '../../packages/server/src/access/line.ts';
import { table } from '../../packages/server/src/store/postgres/database/site.ts';
import { sql } from '../../packages/server/src/store/postgres/database/sql.ts';
import { type Asked, type ChartServer, chartServer, grantOf } from '../../packages/server/src/testing/chart-server.ts';

let chart: ChartServer;
const lab = 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory';

before(async () => {
  chart = await chartServer();
  for (const id of ['a', 'b', 'c']) await chart.put({ resourceType: 'Patient', id, name: [{ family: `of ${id}` }] });
  await chart.put({ resourceType: 'Practitioner', id: 'p' });
  for (const id of ['a', 'b', 'c']) await chart.put(observation(`of-${id}`, id));
});
after(() => chart.close());

const scopes = (text: string) => parseScope(text).scopes;
const ofA = grantOf(scopes('patient/*.cruds'), { patient: 'a' });
const all = grantOf(scopes('system/*.cruds'));
const listed = (patients: readonly string[], more: Partial<Grant> = {}) =>
  grantOf(scopes('user/*.cruds'), { user: { reference: 'Practitioner/p', opens: 'patients', patients }, ...more });
const staff = (more: Partial<Grant> = {}) =>
  grantOf(scopes('user/*.cruds'), { user: { reference: 'Practitioner/p', opens: 'site' }, ...more });

function observation(id: string, patient: string, more: object = {}) {
  const [system = '', code = ''] = lab.split('|');
  const subject = { reference: `Patient/${patient}` };
  const category = [{ coding: [{ system, code }] }];
  return { resourceType: 'Observation', id, status: 'final', code: { text: 'x' }, subject, category, ...more };
}

const put = (resource: { resourceType: string; id: string }): Asked => ({
  method: 'PUT',
  path: `${resource.resourceType}/${resource.id}`,
  body: JSON.stringify(resource),
});
const post = (resource: { resourceType: string }): Asked => {
  const { id: _, ...rest } = resource as { id?: string; resourceType: string };
  return { method: 'POST', path: resource.resourceType, body: JSON.stringify(rest) };
};
const bundle = (type: string, entry: readonly object[]): Asked => {
  return { method: 'POST', path: '', body: JSON.stringify({ resourceType: 'Bundle', type, entry }) };
};

async function status(asked: Asked | string, grant: Grant): Promise<number> {
  return (await chart.ask(asked, grant)).status;
}

async function total(path: string, grant: Grant): Promise<number | undefined> {
  return JSON.parse((await chart.ask(path, grant)).text).total;
}

async function versions(path: string, grant: Grant): Promise<(string | undefined)[]> {
  const { entry = [] } = JSON.parse((await chart.ask(path, grant)).text);
  return entry.map((one: { response: { etag?: string } }) => one.response.etag);
}

test('attack 45: what points at or is pointed at by others is neither joined nor included', async () => {
  await chart.put({ ...observation('about-b', 'a'), focus: [{ reference: 'Patient/b' }] } as never);
  await chart.put({
    resourceType: 'Provenance',
    id: 'of-both',
    target: [{ reference: 'Observation/of-b' }],
    recorded: '2026-01-01T00:00:00Z',
    agent: [{ who: { reference: 'Practitioner/p' } }],
  });
  assert.equal(await total('Observation?_id=about-b&focus:Patient.family=of&_total=accurate', ofA), 0);
  assert.equal(await total('Practitioner?_has:Provenance:agent:recorded=2026-01-01&_total=accurate', ofA), 0);
  for (const path of [
    'Observation?_id=about-b&_include=Observation:focus',
    'Observation?_revinclude=Provenance:target',
    'Practitioner?_revinclude=Provenance:agent',
  ]) {
    assert.doesNotMatch((await chart.ask(path, ofA)).text, /"id":"(b|of-b|of-both)"/, path);
  }
});

test('attack 46: totals and :missing count no hidden row', async () => {
  for (const path of ['Patient?_summary=count', 'Patient?_total=accurate&_count=1', 'Patient?birthdate:missing=true']) {
    assert.equal(await total(path, ofA), 1, path);
  }
  assert.equal(await total('Patient?_summary=count', listed(['a', 'c'])), 2);
});

test('attack 47: a granular patient/ scope holds on read, vread, history, includes and counts', async () => {
  await chart.put(observation('survey', 'a', { category: [] }));
  const granular = grantOf(scopes(`patient/Observation.cruds?category=${lab} patient/Patient.rs`), { patient: 'a' });
  assert.equal(await status('Observation/of-a', granular), 200);
  for (const path of ['Observation/survey', 'Observation/survey/_history/1', 'Observation/survey/_history']) {
    assert.equal(await status(path, granular), 404, path);
    assert.equal(await status(path.replace('survey', 'of-b'), granular), 404, path);
  }
  assert.doesNotMatch((await chart.ask('Patient?_revinclude=Observation:subject', granular)).text, /"survey"|"of-b"/);
  const seen = await total('Observation?_summary=count', granular);
  assert.equal(seen, await total(`Observation?_summary=count&category=${lab}`, ofA));
  assert.equal(await status(put(observation('survey', 'a')), granular), 404);
  assert.equal(await status(put(observation('of-a', 'a', { category: [] })), granular), 400);
  assert.equal(await status(put(observation('of-a', 'a', { category: [{ text: 'x' }] })), granular), 403);
});

test('attack 48: versions from before a resource became somebody’s are not shown, nor their deletion', async () => {
  await chart.put(observation('moved', 'b'));
  await chart.remove('Observation', 'moved');
  await chart.put(observation('moved', 'a'));
  assert.deepEqual(await versions('Observation/moved/_history', ofA), ['W/"3"']);
  assert.equal(await status('Observation/moved/_history/1', ofA), 404);
  assert.equal(await status('Observation/moved/_history/2', ofA), 404);
  assert.equal(await status('Observation/moved/_history/3', ofA), 200);
  await chart.put(observation('moved', 'b'));
  for (const path of ['', '/_history', '/_history/3', '/_history/4']) {
    assert.equal(await status(`Observation/moved${path}`, ofA), 404);
  }
  assert.deepEqual(await versions('Observation/moved/_history', listed(['b'])), ['W/"4"', 'W/"2"', 'W/"1"']);
});

test('attack 49: nothing is moved to another patient, shared with one, or taken from one', async () => {
  await chart.put(observation('mine', 'a'));
  await chart.put(observation('ours', 'b', { performer: [{ reference: 'Patient/a' }] }));
  const withB = { performer: [{ reference: 'Patient/b' }] };
  for (const body of [observation('mine', 'b'), observation('mine', 'a', withB)]) {
    assert.equal(await status(put(body), ofA), 403);
    assert.equal(await status(post(body), ofA), 403);
    const request = { method: 'PUT', url: 'Observation/mine' };
    assert.equal(await status(bundle('transaction', [{ request, resource: body }]), ofA), 403);
  }
  assert.equal(await status('Observation/ours', ofA), 200, 'both may read it');
  assert.equal(await status(put(observation('ours', 'a')), ofA), 403);
  assert.equal(await status({ method: 'DELETE', path: 'Observation/ours' }, ofA), 403);
  assert.equal(await status(put(observation('ours', 'a')), listed(['a', 'b'])), 200);
  assert.equal(await status(post({ resourceType: 'Patient' }), ofA), 403);
  assert.equal(await status(put(observation('mine', 'a')), ofA), 200);
});

test('attack 49: security labels are set and taken away by system/ scopes alone', async () => {
  const security = [{ system: 'urn:label', code: 'R' }];
  await chart.put(observation('labelled', 'a', { meta: { security } }));
  for (const grant of [ofA, staff()]) {
    assert.equal(await status(put(observation('labelled', 'a')), grant), 403);
    assert.equal(await status(put(observation('of-a', 'a', { meta: { security } })), grant), 403);
    assert.equal(await status(post(observation('', 'a', { meta: { security } })), grant), 403);
    const labels = JSON.stringify({
      resourceType: 'Parameters',
      parameter: [{ name: 'meta', valueMeta: { security } }],
    });
    const without: Asked = { method: 'POST', path: 'Observation/labelled/$meta-delete', body: labels };
    assert.equal(await status(without, grant), 403);
    assert.equal(await status(put(observation('labelled', 'a', { meta: { security } })), grant), 200);
  }
  await chart.remove('Observation', 'labelled');
  assert.equal(await status(put(observation('labelled', 'a')), staff()), 403, 'nor by way of a deletion');
  assert.equal(await status(put(observation('labelled', 'a')), all), 200);
});

test('attack 50: a Binary follows its securityContext, or the documents that link to it', async () => {
  const binary = (id: string, context?: string) => ({
    resourceType: 'Binary',
    id,
    contentType: 'text/plain',
    data: 'YQ==',
    ...(context ? { securityContext: { reference: context } } : {}),
  });
  const document = (id: string, patient: string, url: string) => ({
    resourceType: 'DocumentReference',
    id,
    status: 'current',
    subject: { reference: `Patient/${patient}` },
    content: [{ attachment: { url } }],
  });
  await chart.put(binary('bin-a', 'Patient/a'));
  await chart.put(binary('bin-b', 'Patient/b'));
  for (const id of ['linked-a', 'linked-b', 'unlinked']) await chart.put(binary(id));
  await chart.put(binary('elsewhere', 'https://else.example/Patient/a'));
  await chart.put(document('doc-a', 'a', 'Binary/linked-a'));
  await chart.put(document('doc-b', 'b', 'Binary/linked-b'));
  for (const [id, expected] of [
    ['bin-a', 200],
    ['linked-a', 200],
    ['bin-b', 404],
    ['linked-b', 404],
    ['unlinked', 404],
    ['elsewhere', 404],
  ] as const) {
    assert.equal(await status(`Binary/${id}`, ofA), expected, id);
    assert.equal(await status(`Binary/${id}/_history/1`, ofA), expected, id);
  }
  for (const id of ['bin-b', 'linked-b', 'unlinked', 'absent']) {
    const link = document('forged', 'a', `Binary/${id}`);
    assert.equal(await status(post(link), ofA), 403, 'a link does not open what is closed');
    assert.equal(await status(put({ ...link, id: 'doc-a' }), ofA), 403);
  }
  assert.equal(await status(post(document('', 'a', 'Binary/linked-a')), ofA), 201);
  const [full, link] = ['urn:uuid:6d1d4e0e-1c5a-4b61-9d0e-1d7c59a6d001', document('', 'a', '')];
  const both = bundle('transaction', [
    {
      fullUrl: full,
      request: { method: 'POST', url: 'Binary' },
      resource: { ...binary('', 'Patient/a'), id: undefined },
    },
    {
      request: { method: 'POST', url: 'DocumentReference' },
      resource: { ...link, id: undefined, content: [{ attachment: { url: full } }] },
    },
  ]);
  assert.equal(await status(both, ofA), 200);
  const withoutDocuments = grantOf(scopes('patient/Binary.r'), { patient: 'a' });
  assert.equal(await status('Binary/linked-a', withoutDocuments), 404, 'the document itself is closed here');
  assert.equal(await status('Binary/bin-a', withoutDocuments), 200);
});

test('attack 54: a hidden id and an absent one are told apart by nothing', async () => {
  const asks: readonly ((id: string) => Asked)[] = [
    (id) => ({ path: `Observation/${id}` }),
    (id) => ({ path: `Observation/${id}/_history` }),
    (id) => put(observation(id, 'a')),
    (id) => ({ ...put(observation(id, 'a')), headers: { 'if-match': 'W/"1"' } }),
    (id) => ({ method: 'DELETE', path: `Observation/${id}` }),
    (id) => ({ method: 'DELETE', path: `Observation/${id}`, headers: { 'if-match': 'W/"1"' } }),
    (id) => ({ path: `Observation?_id=${id}&_total=accurate` }),
    (id) => bundle('batch', [{ request: { method: 'GET', url: `Observation/${id}` } }]),
  ];
  for (const ask of asks) {
    const [hidden, absent] = [await chart.ask(ask('of-b'), ofA), await chart.ask(ask('of-x'), ofA)];
    assert.equal(hidden.status, absent.status);
    assert.equal(hidden.text.replaceAll('of-b', '*'), absent.text.replaceAll('of-x', '*'));
  }
});

test('attack 55: an empty list of patients is nobody, and so is a missing patient or user', async () => {
  const nobody = [
    listed([]),
    grantOf(scopes('patient/*.cruds user/*.cruds')),
    grantOf(scopes('user/*.cruds'), { patient: 'a' }),
  ];
  for (const grant of nobody) {
    for (const path of ['Patient', 'Patient/a', 'Observation', 'Observation/of-a/_history', 'Organization']) {
      assert.equal(await status(path, grant), 403, path);
    }
    assert.equal(await status(post(observation('', 'a')), grant), 403);
  }
});

test('attack 56: what is denied stays closed, whatever opens it', async () => {
  await chart.put(observation('secret', 'a', { meta: { security: [{ system: 'urn:label', code: 'R' }] } }));
  const { query } = parseSearch('Observation', [['_security', 'urn:label|R']], { now: 0 });
  const letters = ['c', 'r', 'u', 'd', 's'] as const;
  const denies = [
    { type: '*', letters, criteria: query.criteria },
    { type: 'Condition', letters, criteria: [] },
    ...closedRecords(['b']),
  ];
  for (const grant of [
    { ...ofA, denies },
    staff({ denies }),
    { ...all, denies },
    listed(['a', 'b', 'c'], { denies }),
  ]) {
    assert.equal(await status('Observation/of-a', grant), 200);
    assert.equal(await status('Observation/secret', grant), 404);
    assert.equal(await status('Observation/of-b', grant), 404);
    assert.equal(await status('Condition', grant), 403);
    assert.doesNotMatch((await chart.ask('Observation', grant)).text, /"id":"(secret|of-b)"/);
    assert.equal(await status({ method: 'DELETE', path: 'Observation/secret' }, grant), 204);
  }
  assert.equal(await status('Observation/secret', all), 200, 'it was not deleted');
});

test('attack 56: $explain counts nothing of what is denied, and tells what is closed as a whole', async () => {
  const { query } = parseSearch('Observation', [['_security', 'urn:label|R']], { now: 0 });
  const labelled = { ...all, denies: [{ type: '*', letters: ['r', 's'], criteria: query.criteria }] } as const;
  const refusal = await chart.ask('Observation/$explain', labelled);
  assert.equal(refusal.status, 403);
  assert.match(refusal.text, /A part of Observation is denied/);
  const closed = { ...all, denies: [{ type: 'Patient', letters: ['r', 's'], criteria: [] }] } as const;
  const path = 'Observation/$explain?subject:Patient.family=of';
  assert.equal(await status('Patient/$explain', closed), 403);
  const { parameter } = JSON.parse((await chart.ask(path, closed)).text);
  const rules = parameter.filter(({ name }: { name: string }) => name === 'rule');
  assert.deepEqual(rules[1].part, [
    { name: 'type', valueCode: 'Patient' },
    { name: 'opens', valueString: 'not open: none of it is seen' },
    { name: 'denies', valueString: 'Patient.rs' },
  ]);
});

test('attack 57: a grant of another site opens nothing, even where it was accepted', async () => {
  assert.equal(await status('Patient/a', { ...all, site: 'other' }), 403);
});

test('attack 58: a paging link is nothing to another user, or in another launch', async () => {
  const first = JSON.parse((await chart.ask('Observation?_count=1', listed(['a', 'c']))).text);
  const { url } = first.link.find(({ relation }: { relation: string }) => relation === 'next');
  assert.equal(await status(url, listed(['a', 'c'])), 200);
  assert.equal(await status(url, ofA), 400);
  assert.equal(await status(url, all), 400);
  const other = { reference: 'Practitioner/q', opens: 'patients', patients: ['a', 'c'] } as const;
  assert.equal(await status(url, listed([], { user: other })), 400);
  const fewer = JSON.parse((await chart.ask(url, listed(['a']))).text);
  assert.doesNotMatch(JSON.stringify(fewer.entry ?? []), /Patient\/c/, 'under the rights there are now');
});

const emergency = (more: object = {}): Partial<Grant> => {
  const now = Date.now();
  const breakGlass = {
    reason: 'unconscious at the door',
    patient: 'b',
    from: now - 1000,
    until: now + 60_000,
    ...more,
  };
  return { breakGlass };
};
const uses = () =>
  chart.test.database.reads.query<{
    user_reference: string;
    reason: string;
    interaction: string;
    resource_id: string | null;
  }>(
    sql`select user_reference, reason, interaction, resource_id from ${table(chart.test.site, 'emergency_access')} order by id`,
  );

test('attack 60: an emergency opens one record to be read, and each use is written down', async () => {
  const before = (await uses()).length;
  const grant = listed(['a'], emergency());
  assert.equal(await status('Observation/of-b', listed(['a'])), 404);
  assert.equal(await status('Observation/of-b', grant), 200);
  assert.equal(await total('Patient?_summary=count', grant), 2);
  assert.equal(await status('Observation/of-c', grant), 404);
  assert.equal(await status(put(observation('of-b', 'b')), grant), 404, 'it is read, not written');
  const written = (await uses()).slice(before);
  assert.deepEqual(
    written.map(({ interaction, resource_id }) => [interaction, resource_id]),
    [
      ['read', 'of-b'],
      ['search-type', null],
      ['read', 'of-c'],
    ],
  );
  assert.ok(
    written.every(
      ({ reason, user_reference }) => reason === 'unconscious at the door' && user_reference === 'Practitioner/p',
    ),
  );
});

test('attack 60: an emergency without a reason, a user or after its time opens nothing at all', async () => {
  const before = (await uses()).length;
  const now = Date.now();
  const dayLong = { from: now - 1000, until: now + 24 * 60 * 60 * 1000 };
  for (const more of [{ reason: '' }, { reason: '        ' }, { until: now - 1 }, { from: now + 60_000 }, dayLong]) {
    const answer = await chart.ask('Observation/of-b', listed(['a'], emergency(more)));
    assert.equal(answer.status, 403);
    assert.match(answer.text, /mergency access/);
    assert.equal(await status('Observation/of-a', listed(['a'], emergency(more))), 403);
  }
  assert.equal(await status('Observation/of-b', { ...ofA, ...emergency() }), 403);
  assert.equal((await uses()).length, before);
});

test('attack 60: where the use cannot be written down, nothing is answered', async () => {
  await chart.test.database.writes.query(sql`alter table ${table(chart.test.site, 'emergency_access')} rename to away`);
  const grant = listed(['a'], emergency());
  assert.equal(await status('Observation/of-b', grant), 500);
  assert.equal(await status('Observation', grant), 500);
  await chart.test.database.writes.query(sql`alter table ${table(chart.test.site, 'away')} rename to emergency_access`);
  assert.equal(await status('Observation/of-b', grant), 200);
});

test('a user reads the own resource where a scope of its type or fhirUser says so', async () => {
  await chart.put({ resourceType: 'Person', id: 'me' });
  const user = { reference: 'Person/me', opens: 'patients', patients: ['a'] } as const;
  assert.equal(await status('Person/me', grantOf(scopes('fhirUser openid'), { user })), 200);
  assert.equal(await status('Person/me', grantOf(scopes('patient/Person.rs'), { user, patient: 'a' })), 200);
  assert.equal(await status('Person/me', grantOf(scopes('user/Observation.rs'), { user })), 403);
  assert.equal(await status('Person/other', grantOf(scopes('fhirUser'), { user })), 404);
});

test('a patient/ scope reads the directory, and the devices of its patient alone', async () => {
  await chart.put({ resourceType: 'Device', id: 'of-a', patient: { reference: 'Patient/a' } });
  await chart.put({ resourceType: 'Device', id: 'of-b', patient: { reference: 'Patient/b' } });
  await chart.put({ resourceType: 'Device', id: 'of-nobody' });
  assert.equal(await status('Practitioner/p', ofA), 200);
  assert.equal(await total('Device?_summary=count', ofA), 1);
  assert.equal(await total('Device?patient=a&_summary=count', ofA), 1);
  assert.equal(await total('Device?_summary=count', staff()), 3);
});

test('a refusal names a scope of the token’s own kind', async () => {
  const few = grantOf(scopes('patient/Patient.rs'), { patient: 'a' });
  assert.match((await chart.ask('Observation', few)).text, /needs patient\/Observation\.s/);
  assert.match((await chart.ask('Subscription', few)).text, /needs system\/Subscription\.s/);
});

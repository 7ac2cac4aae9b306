import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bundleOf, type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let all: string;
before(async () => {
  server = await runningServer();
  all = await server.token('system/*.cruds');
});
after(() => server.close());

type Issue = { code: string; diagnostics: string; expression?: string[] };

async function refused(answer: Response, status: number): Promise<Issue[]> {
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  assert.doesNotMatch(text, /node:|\.ts:|at \w+ \(/, 'no stack trace');
  const outcome = JSON.parse(text);
  assert.equal(outcome.resourceType, 'OperationOutcome');
  return outcome.issue;
}

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  server.ask(path, all, { method: 'POST', body, headers });

test('broken JSON is a 400 that names line and column', async () => {
  const [issue] = await refused(await post('Patient', '{"resourceType":"Patient",\n "active": tru }'), 400);
  assert.match(issue!.diagnostics, /line 2/);
});

test('an empty body, a list and a text are no resource', async () => {
  for (const body of ['', '[]', '"Patient"', 'null', '{}']) await refused(await post('Patient', body), 400);
});

for (const [what, body, expression] of [
  ['a text where a boolean belongs', { active: 'yes' }, 'Patient.active'],
  ['a single name where a list belongs', { name: { family: 'x' } }, 'Patient.name'],
  ['a date that does not exist', { birthDate: '2023-02-29' }, 'Patient.birthDate'],
  ['a code outside of its required value set', { gender: 'f' }, 'Patient.gender'],
  ['two variants of one choice', { deceasedBoolean: true, deceasedDateTime: '2020' }, 'Patient.deceased'],
  ['an unknown member', { favouriteColour: 'blue' }, 'Patient'],
  ['an empty list', { name: [] }, 'Patient.name'],
] as const) {
  test(`${what} is a 400 that names the element`, async () => {
    const issues = await refused(await post('Patient', JSON.stringify({ resourceType: 'Patient', ...body })), 400);
    assert.ok(
      issues.some((issue) => issue.expression?.[0]?.startsWith(expression)),
      JSON.stringify(issues),
    );
    assert.doesNotMatch(JSON.stringify(issues), /yes|blue/, 'what was sent is not repeated');
  });
}

test('another resource type than the URL names is a 400', async () => {
  await refused(await post('Patient', '{"resourceType":"Basic","code":{"text":"x"}}'), 400);
});

test('an unknown resource type is a 404', async () => {
  await refused(await server.ask('Document', all), 404);
  await refused(await post('Document', '{"resourceType":"Document"}'), 404);
});

test('a body of ten megabytes is a 413 for a resource', async () => {
  const data = 'A'.repeat(10 * 1024 * 1024);
  const body = JSON.stringify({ resourceType: 'Binary', contentType: 'text/plain', data });
  const [issue] = await refused(await post('Binary', body), 413);
  assert.equal(issue!.code, 'too-long');
});

test('ten megabytes that are no bundle are a 400', async () => {
  await refused(
    await post('', `{"resourceType":"Bundle","type":"transaction","entry":["${'x'.repeat(10_000_000)}`),
    400,
  );
});

test('a wrong content type is a 415, a request for XML a 406', async () => {
  await refused(await post('Patient', '<Patient/>', { 'content-type': 'application/fhir+xml' }), 415);
  await refused(await post('Patient', '{}', { 'content-type': 'text/plain' }), 415);
  await refused(await server.ask('Patient', all, { headers: { accept: 'application/fhir+xml' } }), 406);
  await refused(await server.ask('Patient?_format=xml', all), 406);
});

test('unknown search parameters are a 400 that names each; handling=lenient passes them over', async () => {
  const path = 'Patient?colour=blue&size=xl&gender=male';
  const issues = await refused(await server.ask(path, all), 400);
  const text = JSON.stringify(issues);
  assert.match(text, /colour/);
  assert.match(text, /size/);
  const lenient = await bundleOf(await server.ask(path, all, { headers: { prefer: 'handling=lenient' } }));
  assert.equal(lenient.link[0]?.url, `${server.fhir}/Patient?gender=male`, 'the self link shows what was understood');
});

test('an unknown path and a wrong method are told apart from what is there', async () => {
  await refused(await server.ask('Patient/a/b/c/d/e', all), 404);
  await refused(await server.ask('Patient', all, { method: 'DELETE' }), 400);
  const answer = await server.ask('Patient/a', all, { method: 'POST', body: '{}' });
  assert.equal(answer.headers.get('allow'), 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS');
  await refused(answer, 405);
  await refused(await server.ask('Patient/a/b/c/d/e', undefined), 401);
});

test('a failed transaction changes nothing and names the entry', async () => {
  const entry = (resource: object) => ({ resource, request: { method: 'POST', url: 'Patient' } });
  const bundle = (...entries: object[]) =>
    JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: entries });
  const good = entry({ resourceType: 'Patient', name: [{ family: 'Rollback' }] });
  const [invalid] = await refused(await post('', bundle(good, entry({ resourceType: 'Patient', gender: 'x' }))), 400);
  assert.equal(invalid!.expression?.[0], 'Bundle.entry[1].resource.gender');
  const dangling = entry({
    resourceType: 'Patient',
    generalPractitioner: [{ reference: 'Practitioner?identifier=a|b' }],
  });
  const [nobody] = await refused(await post('', bundle(good, dangling)), 400);
  assert.equal(nobody!.expression?.[0], 'Bundle.entry[1]');
  const put = {
    resource: { resourceType: 'Patient', id: 'v' },
    request: { method: 'PUT', url: 'Patient/v', ifMatch: 'W/"9"' },
  };
  await refused(await post('', bundle(good, put)), 412);
  const found = await bundleOf(await server.ask('Patient?family=Rollback&_total=accurate', all));
  assert.equal(found.total, 0);
});

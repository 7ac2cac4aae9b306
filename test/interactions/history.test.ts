import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type BundleJson, bundleOf, nextLink, type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let all: string;
before(async () => {
  server = await runningServer();
  all = await server.token('system/*.cruds');
});
after(() => server.close());

const put = async (type: string, id: string, more: object) => {
  const body = JSON.stringify({ resourceType: type, id, ...more });
  const answer = await server.ask(`${type}/${id}`, all, { method: 'PUT', body });
  assert.ok(answer.ok, await answer.clone().text());
  return (await answer.json()) as { meta: { lastUpdated: string } };
};
const remove = (path: string) => server.ask(path, all, { method: 'DELETE' });
const history = async (path: string, token = all) => bundleOf(await server.ask(path, token));

/** `Type/id/version` of each entry, in order. */
const versionsOf = ({ entry = [] }: BundleJson) =>
  entry.map((one) => {
    const { fullUrl, response } = one as unknown as { fullUrl: string; response: { etag: string } };
    return `${fullUrl.split('/fhir/')[1]}/${/\d+/.exec(response.etag)?.[0]}`;
  });

async function everyPage(path: string, token = all): Promise<string[]> {
  const found: string[] = [];
  for (let next = path; next !== ''; ) {
    const page = await history(next, token);
    found.push(...versionsOf(page));
    next = nextLink(page);
  }
  return found;
}

const observation = (category: string) => ({
  status: 'final',
  code: { text: 'x' },
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }] }],
});

test('the history of a type and of everything is newest first, with deletions', async () => {
  await put('Patient', 'h1', { active: true });
  await put('Patient', 'h2', {});
  await put('Patient', 'h1', { active: false });
  await put('Group', 'g1', { type: 'person', actual: true });
  await remove('Patient/h2');
  const ofType = await history('Patient/_history');
  assert.equal(ofType.type, 'history');
  assert.equal(ofType.total, undefined, 'what is hidden is not counted');
  assert.deepEqual(versionsOf(ofType), ['Patient/h2/2', 'Patient/h1/2', 'Patient/h2/1', 'Patient/h1/1']);
  const [deletion, update] = ofType.entry as unknown as { request: object; resource?: object; response: object }[];
  assert.deepEqual(deletion?.request, { method: 'DELETE', url: 'Patient/h2' });
  assert.equal(deletion?.resource, undefined);
  assert.deepEqual(update?.request, { method: 'PUT', url: 'Patient/h1' });
  assert.deepEqual(versionsOf(await history('_history')), [
    'Patient/h2/2',
    'Group/g1/1',
    'Patient/h1/2',
    'Patient/h2/1',
    'Patient/h1/1',
  ]);
});

test('pages neither repeat nor drop a version while others write', async () => {
  const expected = await everyPage('Patient/_history?_count=1000');
  const found: string[] = [];
  for (let next = 'Patient/_history?_count=1'; next !== ''; ) {
    const page = await history(next);
    found.push(...versionsOf(page));
    await put('Patient', 'h1', { birthDate: `19${10 + found.length}` });
    await put('Patient', `late${found.length}`, {});
    next = nextLink(page);
  }
  assert.deepEqual(found, expected);
});

test('versions of one transaction, all of one time, are paged as well', async () => {
  const entry = Array.from({ length: 25 }, (_, i) => ({
    resource: { resourceType: 'Basic', id: `b${i}`, code: { text: 'x' } },
    request: { method: 'PUT', url: `Basic/b${i}` },
  }));
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  assert.equal((await server.ask('', all, { method: 'POST', body })).status, 200);
  const found = await everyPage('Basic/_history?_count=4');
  assert.equal(found.length, 25);
  assert.equal(new Set(found).size, 25);
});

test('_since shows what came from then on, _at what was current then', async () => {
  const first = await put('Patient', 'w', { active: true });
  const second = await put('Patient', 'w', { active: false });
  await remove('Patient/w');
  const since = encodeURIComponent(second.meta.lastUpdated);
  for (const path of ['Patient/w/_history', 'Patient/_history', '_history']) {
    const own = (bundle: BundleJson) => versionsOf(bundle).filter((one) => one.startsWith('Patient/w/'));
    assert.deepEqual(own(await history(`${path}?_since=${since}`)), ['Patient/w/3', 'Patient/w/2'], path);
    const then = encodeURIComponent(first.meta.lastUpdated);
    assert.deepEqual(own(await history(`${path}?_at=${then}`)), ['Patient/w/1'], path);
    assert.deepEqual(own(await history(`${path}?_at=2001-01-01`)), [], path);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    assert.deepEqual(own(await history(`${path}?_at=${tomorrow}`)), ['Patient/w/3'], path);
  }
});

test('a history takes no other parameters and values, unless handling is lenient', async () => {
  for (const query of ['_count=0', '_count=x', '_since=yesterday', '_at=x', 'name=x', '_sort=name', '_list=1']) {
    assert.equal((await server.ask(`Patient/_history?${query}`, all)).status, 400, query);
  }
  const lenient = { headers: { prefer: 'handling=lenient' } };
  assert.equal((await server.ask('Patient/_history?name=x', all, lenient)).status, 200);
  assert.equal((await server.ask('Patient/nobody/_history', all)).status, 404);
  assert.equal((await server.ask('_history/1', all)).status, 404);
});

test('attack 58: a history cursor belongs to its history', async () => {
  const next = nextLink(await history('Patient/_history?_count=1'));
  assert.equal((await server.ask(next.replace('/Patient/', '/Basic/'), all)).status, 400);
  assert.equal((await server.ask(next.replace('/Patient/_history', '/_history'), all)).status, 400);
  assert.equal((await server.ask(next.replace('_count=1', '_count=2'), all)).status, 400);
});

test('attack 48: each version is judged by what it held, on instance, type and system', async () => {
  await put('Observation', 'moved', observation('laboratory'));
  await put('Observation', 'moved', observation('vital-signs'));
  await put('Observation', 'lab', observation('laboratory'));
  await put('Observation', 'vital', observation('vital-signs'));
  await put('Observation', 'left', observation('vital-signs'));
  await put('Observation', 'left', observation('laboratory'));
  await put('Observation', 'gone-lab', observation('laboratory'));
  await remove('Observation/gone-lab');
  await put('Observation', 'gone-vital', observation('vital-signs'));
  await remove('Observation/gone-vital');
  const category = 'http://terminology.hl7.org/CodeSystem/observation-category|vital-signs';
  const vital = await server.token(`system/Observation.rs?category=${category}`);
  const seen = ['gone-vital/2', 'gone-vital/1', 'vital/1', 'moved/2'].map((one) => `Observation/${one}`);
  for (const path of ['Observation/_history', '_history']) {
    assert.deepEqual(await everyPage(path, vital), seen, path);
    assert.deepEqual(await everyPage(`${path}?_count=1`, vital), seen, `${path} page by page`);
    assert.deepEqual(await everyPage(`${path}?_summary=true&_count=1`, vital), seen, `${path}, in summary`);
  }
  assert.deepEqual(versionsOf(await history('Observation/moved/_history', vital)), ['Observation/moved/2']);
  assert.equal((await history('Observation/moved/_history', vital)).total, undefined);
  assert.equal((await server.ask('Observation/moved/_history/1', vital)).status, 404);
  assert.equal((await server.ask('Observation/left/_history', vital)).status, 404);
  assert.equal((await server.ask('Patient/_history', vital)).status, 403);
});

test('attack 46: a token that may not search sees no history of the system, nor of a type', async () => {
  assert.equal((await server.ask('_history', await server.token('system/Patient.r'))).status, 403);
  assert.equal((await server.ask('Patient/_history', await server.token('system/Patient.r'))).status, 403);
  const groups = await everyPage('_history', await server.token('system/Group.s'));
  assert.deepEqual(groups, ['Group/g1/1']);
});

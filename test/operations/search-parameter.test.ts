import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleOf, type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let token: string;
before(async () => {
  server = await runningServer();
  token = await server.token('system/*.cruds');
});
after(() => server.close());

const extension = 'http://clinic.example/StructureDefinition/ward';
const parameter = {
  resourceType: 'SearchParameter',
  url: 'http://clinic.example/SearchParameter/ward',
  name: 'ward',
  status: 'active',
  description: 'The ward of a patient',
  code: 'ward',
  base: ['Patient'],
  type: 'string',
  expression: `Patient.extension.where(url = '${extension}').value`,
};

const post = (resource: { readonly resourceType: string }) =>
  server.ask(resource.resourceType, token, { method: 'POST', body: JSON.stringify(resource) });

type Part = { readonly name: string; readonly valueCode?: string; readonly valueString?: string };

async function statusOf(): Promise<string[]> {
  const answer = await server.ask('SearchParameter/$status', token);
  assert.equal(answer.status, 200);
  const { parameter: list = [] } = (await answer.json()) as { parameter?: { name: string; part: Part[] }[] };
  return list.flatMap(({ part }) =>
    part.filter(({ name }) => name === 'status').map(({ valueCode }) => valueCode ?? ''),
  );
}

test('a SearchParameter that is posted can be searched by a moment later, and its status is told', async () => {
  const patient = { resourceType: 'Patient', extension: [{ url: extension, valueString: 'North' }] };
  assert.equal((await post(patient)).status, 201);
  assert.equal((await server.ask('Patient?ward=north', token)).status, 400);
  assert.equal((await post(parameter)).status, 201);
  for (let n = 0; n < 150 && (await statusOf())[0] !== 'active'; n++) await sleep(50);
  assert.deepEqual(await statusOf(), ['active']);
  const found = await bundleOf(await server.ask('Patient?ward=north', token));
  assert.equal(found.entry.length, 1);
  const metadata = await (await server.ask('metadata', undefined)).text();
  assert.ok(metadata.includes(parameter.url));
});

test('one that cannot be used is told with the reason', async () => {
  const bad = { ...parameter, url: `${parameter.url}-bad`, code: 'bad', expression: 'Patient.nothing' };
  assert.equal((await post(bad)).status, 201);
  let text = '';
  for (let n = 0; n < 100 && !text.includes('unusable'); n++) {
    await sleep(50);
    text = await (await server.ask('SearchParameter/$status', token)).text();
  }
  assert.match(text, /cannot be used on Patient/);
});

test('attack 59: SQL in the expression, the name or the code of a SearchParameter is never run', async () => {
  const sql = "x'); drop table sx; select ('";
  const quoted = sql.replaceAll("'", "\\'");
  const ofSql = {
    ...{ ...parameter, url: `${parameter.url}-sql`, name: sql, description: sql, code: 'sql' },
    expression: `Patient.extension.where(url = '${extension}' and value != '${quoted}').value`,
  };
  assert.equal((await post(ofSql)).status, 201);
  for (let n = 0; n < 150 && (await server.ask('Patient?sql=north', token)).status !== 200; n++) await sleep(50);
  for (const [path, count] of [
    ['Patient?sql=north', 1],
    [`Patient?sql=${encodeURIComponent(sql)}`, 0],
    ['Patient?_sort=-sql', 1],
  ] as const) {
    const { entry = [] } = await bundleOf(await server.ask(path, token));
    assert.equal(entry.length, count, path);
  }
  const inCode = { ...ofSql, url: `${parameter.url}-code`, code: sql };
  assert.equal((await post(inCode)).status, 201, 'it is kept, as any resource is');
  for (const asked of [`${encodeURIComponent(sql)}=x`, `_sort=${encodeURIComponent(sql)}`]) {
    assert.equal((await server.ask(`Patient?${asked}`, token)).status, 400, asked);
  }
  assert.equal((await server.ask('Patient?ward=north', token)).status, 200, 'all tables are there');
});

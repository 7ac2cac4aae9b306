import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { fastify } from 'fastify';
import { openConformance } from '../conformance/site-conformance.ts';
import { conformanceStore } from '../store/postgres/conformance/conformance-store.ts';
import { soleGate } from '../testing/gate.ts';
import { usCore } from '../testing/shared-data.ts';
import { packageOf } from '../testing/tgz.ts';
import { packageRoutes } from './package-routes.ts';

const { test: database, node, close } = await soleGate();
const { conformance } = database.site;
const store = conformanceStore(database.database, database.site, database.address);
const known = await openConformance({ store, conformance, failed: (error) => assert.fail(String(error)) });
const app = fastify();
const builtin = [{ name: 'hl7.fhir.r4.core', version: '4.0.1' }];
const administration = { store: store.packages, builtin, reload: known.reloadPackages };
await app.register(packageRoutes(node.gate, (site) => (site === 'default' ? administration : undefined)));
after(async () => {
  await app.close();
  await known.close();
  await close();
});

const path = '/apis/default/admin/packages';

async function ask(method: 'GET' | 'POST' | 'DELETE', url: string, payload?: Buffer, token = node.adminToken) {
  const headers = { authorization: `Bearer ${token}`, ...(payload ? { 'content-type': 'application/gzip' } : {}) };
  const answer = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  return { status: answer.statusCode, json: answer.json() };
}

const one = { name: 'a.package', version: '1.0.0', title: 'A', canonical: 'http://a.example' };
const valueSet = { resourceType: 'ValueSet', url: 'http://a.example/vs', version: '1', status: 'active' };

describe('packages over HTTP', () => {
  test('need an administrator, before any of the body is read', async () => {
    for (const [method, url] of [
      ['GET', path],
      ['POST', path],
      ['DELETE', `${path}/a/1`],
    ] as const) {
      const { status, json } = await ask(method, url, method === 'POST' ? Buffer.alloc(10) : undefined, 'guess');
      assert.deepEqual([status, json.error], [401, 'invalid_token']);
    }
    assert.equal((await ask('GET', '/apis/nowhere/admin/packages')).status, 404);
  });

  test('are installed, listed and removed, and known at once', async () => {
    const installed = await ask('POST', path, packageOf(one, [valueSet]));
    assert.deepEqual([installed.status, installed.json.outcome], [201, 'installed'], JSON.stringify(installed.json));
    assert.deepEqual(installed.json.resources, { ValueSet: 1 });
    assert.ok(conformance.canonicals.find('ValueSet', 'http://a.example/vs'));

    const list = await ask('GET', path);
    assert.deepEqual(
      list.json.packages.map((p: typeof one & { resources: number }) => [p.name, p.version, p.title, p.resources]),
      [['a.package', '1.0.0', 'A', 1]],
    );
    assert.deepEqual(list.json.builtin, builtin);

    assert.equal((await ask('DELETE', `${path}/a.package/1.0.0`)).status, 200);
    assert.equal((await ask('DELETE', `${path}/a.package/1.0.0`)).status, 404);
    assert.equal((await ask('DELETE', `${path}/a.package/%27--`)).status, 404);
    assert.equal(conformance.canonicals.find('ValueSet', 'http://a.example/vs'), undefined);
  });

  test('of the same name and version give way only where that is asked', async () => {
    assert.equal((await ask('POST', path, packageOf(one))).status, 201);
    assert.deepEqual((await ask('POST', path, packageOf(one))).json.outcome, 'unchanged');
    const other = packageOf(one, [valueSet]);
    const refused = await ask('POST', path, other);
    assert.equal(refused.status, 409);
    assert.equal((await ask('POST', `${path}?replace=true`, other)).json.outcome, 'replaced');
    assert.equal((await ask('POST', `${path}?replace=perhaps`, other)).status, 400);
    await ask('DELETE', `${path}/a.package/1.0.0`);
  });

  test('that cannot be used are refused with the reason', async () => {
    const { status, json } = await ask('POST', path, packageOf({ ...one, fhirVersions: ['5.0.0'] }));
    assert.deepEqual([status, json.error], [422, 'invalid_package']);
    assert.match(json.error_description, /is for FHIR 5\.0\.0; this server has FHIR R4/);
  });

  test('of US Core stand side by side', {
    skip: usCore[0]?.archive ? false : 'they do not lie beside the repository',
  }, async () => {
    for (const { archive } of usCore) {
      assert.equal((await ask('POST', path, archive)).status, 201);
    }
    const { canonicals } = conformance;
    const url = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient';
    assert.equal(canonicals.find('StructureDefinition', url)?.version, '8.0.0');
    for (const { version } of usCore) {
      assert.equal(canonicals.find('StructureDefinition', `${url}|${version}`)?.version, version);
    }
    assert.ok(canonicals.list('SearchParameter').length > 300);
    for (const [version, count] of [
      ['6.1.0', 5],
      ['7.0.0', 5],
      ['8.0.0', 10],
    ] as const) {
      const notes = `http://hl7.org/fhir/us/core/ValueSet/us-core-clinical-note-type|${version}`;
      assert.equal(conformance.terminology.codings(notes, 100)?.length, count);
    }
    assert.equal((await ask('DELETE', `${path}/hl7.fhir.us.core/8.0.0`)).status, 200);
    assert.equal(
      canonicals.find('StructureDefinition', url)?.version,
      '8.0.0',
      'a source that was taken stays as it was',
    );
    assert.equal(conformance.canonicals.find('StructureDefinition', url)?.version, '7.0.0');
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { packageOf } from '../../packages/server/src/testing/tgz.ts';
import { run } from '../support/command.ts';
import { type RunningServer, runningServer } from '../support/running-server.ts';

const valueSet = (url: string) => ({ resourceType: 'ValueSet', url, version: '1', status: 'active' });

/** What the registry of the test has, by path. */
const shelf = new Map<string, Buffer | string>([
  [
    '/guide/1.0.0',
    packageOf(
      {
        name: 'guide',
        version: '1.0.0',
        dependencies: { 'hl7.fhir.r4.core': '4.0.1', base: '2.0.x', later: '1.0.0', nowhere: '9.0.0', broken: '1.0.0' },
      },
      [valueSet('http://a.example/guide')],
    ),
  ],
  ['/base', JSON.stringify({ name: 'base', versions: { '1.9.0': {}, '2.0.9': {}, '2.0.10': {}, '2.1.0': {} } })],
  [
    '/base/2.0.10',
    packageOf({ name: 'base', version: '2.0.10', dependencies: { deeper: '1.0.0', guide: '1.0.0' } }, [
      valueSet('http://a.example/base'),
    ]),
  ],
  ['/deeper/1.0.0', 'described'],
  ['/deeper.tgz', packageOf({ name: 'deeper', version: '1.0.0' })],
  ['/later/1.0.0', packageOf({ name: 'later', version: '1.0.0', fhirVersions: ['5.0.0'] })],
  ['/broken/1.0.0', Buffer.from('not an archive')],
]);

const asked: string[] = [];
const registry = createServer((request, response) => {
  asked.push(request.url ?? '');
  const found = shelf.get(request.url ?? '');
  if (found === undefined) return void response.writeHead(404).end();
  const tarball = `${address()}/deeper.tgz`;
  response.end(found === 'described' ? JSON.stringify({ name: 'deeper', dist: { tarball } }) : found);
});
const address = () => `http://localhost:${(registry.address() as AddressInfo).port}`;

let server: RunningServer;
let folder: string;

before(async () => {
  await new Promise<void>((ready) => registry.listen(0, ready));
  server = await runningServer();
  folder = await mkdtemp(join(tmpdir(), 'chartgate-ig-'));
});
after(async () => {
  await server.close();
  registry.close();
  registry.closeAllConnections();
  await rm(folder, { recursive: true });
});

const ig = (...args: string[]) => run('chartgate', ['ig', ...args], { CHARTGATE_DATA: server.dataDirectory });

test('a package comes from a registry with what it depends on, and what is left out is told', async () => {
  const { code, stderr } = await ig('add', 'guide#1.0.0', '--registry', `${address()}/`);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /✓ guide#1\.0\.0 is installed: 1 ValueSet\n/);
  assert.match(stderr, /– hl7\.fhir\.r4\.core#4\.0\.1 is built in, as 4\.0\.1\n/);
  assert.match(stderr, /✓ base#2\.0\.10 is installed: 1 ValueSet\n/);
  assert.match(stderr, /✓ deeper#1\.0\.0 is installed/);
  assert.match(stderr, /! later#1\.0\.0 is missing: .*is for FHIR 5\.0\.0/);
  assert.match(stderr, /! nowhere#9\.0\.0 is missing: the registry does not have it\n/);
  assert.match(stderr, /! broken#1\.0\.0 is missing: .*cannot be unpacked/);
  assert.equal(asked.filter((path) => path === '/guide/1.0.0').length, 1, 'a circle is walked once');

  const list = await ig('list');
  assert.deepEqual(
    list.stdout.split('\n').map((line) => line.split('\t').slice(0, 3).join(' ')),
    ['guide 1.0.0 1', 'base 2.0.10 1', 'deeper 1.0.0 0', ''],
  );
  assert.match(list.stderr, /Built in: .*hl7\.fhir\.r4\.core#4\.0\.1/);
});

test('a package comes from a file; another content needs --replace; removing it is the end of it', async () => {
  const file = join(folder, 'own.tgz');
  await writeFile(file, packageOf({ name: 'own', version: '1.0.0', dependencies: { other: '1.0.0' } }));
  const added = await ig('add', file);
  assert.equal(added.code, 0, added.stderr);
  assert.match(added.stderr, /! other#1\.0\.0 is missing: name a --registry/);
  assert.match((await ig('add', file)).stderr, /was installed already, with the same content/);

  await writeFile(file, packageOf({ name: 'own', version: '1.0.0' }, [valueSet('http://a.example/own')]));
  const refused = await ig('add', file);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /with another content/);
  assert.match((await ig('add', file, '--replace')).stderr, /own#1\.0\.0 is replaced: 1 ValueSet/);

  assert.equal((await ig('remove', 'own#1.0.0')).code, 0);
  assert.equal((await ig('remove', 'own#1.0.0')).code, 6);
  assert.equal((await ig('remove', 'own')).code, 3);
});

test('what cannot be fetched is said in one sentence', async () => {
  const missing = await ig('add', 'nowhere#1.0.0', '--registry', address());
  assert.deepEqual(
    [missing.code, /could not be fetched: the registry does not have it/.test(missing.stderr)],
    [6, true],
  );
  assert.match((await ig('add', 'guide#1.0.0')).stderr, /name a FHIR package registry with --registry/);
  assert.match((await ig('add', 'no-such-file.tgz')).stderr, /is not there/);
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chartDirectory } from './chart-directory.ts';
import { chartServer } from './testing/chart-server.ts';

const server = await chartServer();
after(() => server.close());
const { site } = server.test;
const directory = chartDirectory({
  site: site.name,
  store: server.store,
  conformance: site.conformance,
  cursorKey: site.hashKey,
});

before(async () => {
  await server.put({
    resourceType: 'Patient',
    id: 'anna',
    name: [
      { use: 'old', family: 'Stern' },
      { use: 'official', given: ['Anna', 'Maria'], family: 'Berg', suffix: ['Jr.'] },
    ],
    birthDate: '1984-05-03',
    identifier: [{ system: 'https://clinic.example/mrn', value: 'M-1,2' }],
  });
  await server.put({ resourceType: 'Patient', id: 'nobody' });
  await server.put({ resourceType: 'Patient', id: 'gone', name: [{ family: 'Gone' }] });
  await server.remove('Patient', 'gone');
  for (let n = 10; n < 35; n++) {
    await server.put({ resourceType: 'Patient', id: `many-${n}`, name: [{ family: `Zander${n}`, given: ['Kim'] }] });
  }
  for (const [id, start] of [
    ['first', '2024-01-02T08:00:00Z'],
    ['second', '2025-01-02T08:00:00Z'],
  ] as const) {
    await server.put({
      resourceType: 'Encounter',
      id,
      status: 'finished',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
      ...(id === 'first' ? { type: [{ text: 'Check-up' }] } : {}),
      subject: { reference: 'Patient/anna' },
      period: { start },
    });
  }
});

test('patients are named by the name in use', async () => {
  const names = await directory.patientNames(['anna', 'nobody', 'gone', 'unknown', 'no id!', 'anna']);
  assert.deepEqual([...names.keys()].toSorted(), ['anna', 'nobody']);
  assert.deepEqual(names.get('anna'), {
    id: 'anna',
    name: 'Anna Maria Berg Jr.',
    birthDate: '1984-05-03',
    identifiers: ['M-1,2'],
  });
  assert.deepEqual(names.get('nobody')?.name, 'A patient without a name');
  assert.deepEqual(await directory.patientNames([]), new Map());
});

test('patients are found by beginnings of names, birth date and identifier', async () => {
  for (const query of [
    { name: 'ber' },
    { name: ' anna  berg ' },
    { birthDate: '1984-05-03' },
    { birthDate: '1984' },
    { identifier: 'M-1,2' },
    { name: 'Maria', birthDate: '1984-05-03', identifier: 'M-1,2' },
  ]) {
    const { patients } = await directory.findPatients(query);
    assert.deepEqual(
      patients.map(({ id }) => id),
      ['anna'],
      JSON.stringify(query),
    );
  }
});

test('what finds nobody, or cannot be looked for, finds nobody', async () => {
  for (const query of [
    {},
    { name: '  ' },
    { name: 'anna zander' },
    { name: 'berg,kim' },
    { birthDate: 'yesterday' },
    { birthDate: 'ge1900' },
    { identifier: '|' },
    { name: 'a'.repeat(5000) },
    { name: 'kim', page: 'forged' },
  ]) {
    assert.deepEqual((await directory.findPatients(query)).patients, [], JSON.stringify(query).slice(0, 80));
  }
});

test('many patients come in pages of twenty, sorted by name, each once', async () => {
  const first = await directory.findPatients({ name: 'kim' });
  assert.equal(first.patients.length, 20);
  const second = await directory.findPatients({ name: 'kim', ...(first.nextPage ? { page: first.nextPage } : {}) });
  assert.equal(second.nextPage, undefined);
  const names = [...first.patients, ...second.patients].map(({ name }) => name);
  assert.deepEqual(names, names.toSorted());
  assert.equal(new Set(names).size, 25);
  const other = await directory.findPatients({ name: 'zander', ...(first.nextPage ? { page: first.nextPage } : {}) });
  assert.deepEqual(other.patients, []);
});

test('encounters come latest first, in words', async () => {
  assert.deepEqual(await directory.encountersOf('anna'), [
    { id: 'second', words: 'ambulatory', start: '2025-01-02T08:00:00Z' },
    { id: 'first', words: 'Check-up', start: '2024-01-02T08:00:00Z' },
  ]);
  assert.deepEqual(await directory.encountersOf('nobody'), []);
  assert.deepEqual(await directory.encountersOf('a,b'), []);
});

test('a resource is read as it is now', async () => {
  assert.equal((await directory.read('Encounter', 'first'))?.id, 'first');
  assert.equal(await directory.read('Patient', 'gone'), undefined);
  assert.equal(await directory.read('Patient', '../x'), undefined);
});

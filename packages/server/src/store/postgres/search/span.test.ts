import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Resource } from '@chartgate/fhir';
import { permitted, testChart } from './chart.testing.ts';
import { explaining } from './explaining.testing.ts';
import { search } from './search.ts';

const chart = await testChart();
after(chart.drop);

const date = (i: number) => new Date(Date.UTC(2000, 0, 1 + i)).toISOString().slice(0, 10);
const people = Array.from({ length: 3000 }, (_, i): Resource => {
  return { resourceType: 'Patient', id: `p${i}`, birthDate: date((i * 7919) % 3000) };
});
/** Stays of 30 days, and one in a hundred that is not over. */
const stays = Array.from({ length: 3000 }, (_, i): Resource => {
  const start = date((i * 7919) % 3000);
  const end = date(((i * 7919) % 3000) + 30);
  return { resourceType: 'Encounter', id: `e${i}`, period: i % 100 === 0 ? { start } : { start, end } };
});

before(async () => {
  await chart.put([...people, ...stays]);
  await chart.analyze();
});

const born = (from: number, to: number) =>
  people.filter(({ birthDate }) => `${birthDate}` >= date(from) && `${birthDate}` < date(to)).map(({ id }) => id);
const within = (from: number, to: number) =>
  stays
    .filter((stay) => {
      const { start, end } = stay.period as { start: string; end?: string };
      return (end === undefined || end > date(from)) && start < date(to);
    })
    .map(({ id }) => id);

for (const [what, from, to] of [
  ['few', 1000, 1020],
  ['one', 1000, 1001],
  ['none', 5000, 5010],
  ['more than are put in order', 200, 2900],
] as const) {
  test(`Of a span in which ${what} were born, all are found, in pages too`, async () => {
    const range = `birthdate=ge${date(from)}&birthdate=lt${date(to)}`;
    const found = await chart.findAll('Patient', `${range}&_count=7`);
    assert.deepEqual(found.toSorted(), born(from, to).toSorted());
  });

  test(`Of a span in which ${what} stayed, those are found that began long before it`, async () => {
    const found = await chart.findAll('Encounter', `date=ge${date(from)}&date=lt${date(to)}&_count=100`);
    assert.deepEqual(found.toSorted(), within(from, to).toSorted());
  });
}

test('A day, a month and what is about a day are spans as well', async () => {
  assert.deepEqual(await chart.findAll('Patient', `birthdate=${date(40)}`), born(40, 41));
  const month = await chart.findAll('Patient', 'birthdate=2000-02&_count=5');
  assert.deepEqual(month.toSorted(), born(31, 60).toSorted());
  const before = await chart.findAll('Patient', `birthdate=gt${date(40)}&birthdate=le${date(42)}`);
  assert.deepEqual(before.toSorted(), born(41, 43).toSorted());
  assert.deepEqual(await chart.findAll('Patient', `birthdate=sa${date(40)}&birthdate=eb${date(42)}`), born(41, 42));
});

test('Of a short span no more rows are read than lie in it', async () => {
  const { connection, readRows } = explaining(chart.database);
  const range = `birthdate=ge${date(1000)}&birthdate=lt${date(1020)}`;
  await search(connection, chart.site, permitted('Patient', range));
  assert.ok(readRows() < 100, `${readRows()} rows were looked at for 20`);
});

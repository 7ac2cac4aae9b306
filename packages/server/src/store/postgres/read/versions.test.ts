import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseScope } from '@chartgate/fhir';
import type { HistoryPosition, HistorySystem, HistoryType } from '../../../access/interaction.ts';
import { isDenied, type Permitted, permit } from '../../../access/permit.ts';
import type { Connection } from '../database/database.ts';
import { testChart } from '../search/chart.testing.ts';
import { explaining } from '../search/explaining.testing.ts';
import type { Reader } from './read.ts';
import { versions } from './versions.ts';

type Asked = HistoryType | HistorySystem;

const chart = await testChart();
after(chart.drop);

const types = ['Basic', 'Group', 'Observation'] as const;
const start = Date.UTC(2026, 0, 1);

/** What was written: `Type/id@time`, in order. Every third write has the time of the one before. */
const written: { readonly key: string; readonly time: number; readonly code: string; readonly ended: number }[] = [];

before(async () => {
  const live = new Map<string, number>();
  for (let round = 0; round < 12; round++) {
    const time = (i: number) => start + round * 1000 + Math.floor(i / 3);
    const resources = Array.from({ length: 240 }, (_, i) => ({
      resourceType: types[(i + round) % 3] ?? 'Basic',
      id: `r${(i * 7 + round) % 200}${'x'.repeat(i % 3)}`,
      status: 'final',
      code: { coding: [{ code: i % 4 === 0 ? 'seen' : 'hidden' }] },
    }));
    const once = [...new Map(resources.map((one) => [`${one.resourceType}/${one.id}`, one])).values()];
    await chart.put(once, time);
    once.forEach(({ resourceType, id, code }, i) => {
      const key = `${resourceType}/${id}`;
      const before = live.get(key);
      if (before !== undefined) written[before] = { ...written[before]!, ended: time(i) };
      live.set(key, written.length);
      written.push({ key, time: time(i), code: code.coding[0]!.code, ended: Number.POSITIVE_INFINITY });
    });
  }
  await chart.analyze();
});

/** Newest first; of one time by the number of the type, which follows the alphabet, then by id. */
function expected(isIn: (one: (typeof written)[number]) => boolean): string[] {
  const order = (a: string, b: string) => (a < b ? 1 : -1);
  return written
    .filter(isIn)
    .toSorted((a, b) => b.time - a.time || order(a.key.split('/')[0]!, b.key.split('/')[0]!) || order(a.key, b.key))
    .map(({ key, time }) => `${key}@${time}`);
}

function reader(ruled: Connection = chart.database.searches): Reader {
  return { site: chart.site, keyed: ruled, ruled, byKey: async () => undefined };
}

function permitted(interaction: Asked, scope = 'system/*.s'): Permitted<Asked> {
  const { scopes } = parseScope(scope);
  const answer = permit({ site: 'default', clientId: 'test', scopes, expiresAt: start }, interaction);
  if (isDenied(answer)) throw new Error(`denied: ${answer.needed} is needed`);
  return answer;
}

async function everyPage(asked: Asked, scope?: string): Promise<string[]> {
  const found: string[] = [];
  let after: HistoryPosition | undefined;
  do {
    const page = await versions(reader(), permitted({ ...asked, ...(after && { after }) }, scope));
    assert.ok(page.versions.length <= asked.count);
    found.push(...page.versions.map(({ type, id, lastUpdated }) => `${type}/${id}@${lastUpdated}`));
    after = page.next;
  } while (after);
  return found;
}

for (const count of [1000, 37]) {
  test(`pages of ${count} hold every version once, newest first`, async () => {
    assert.deepEqual(
      await everyPage({ code: 'history-system', count }),
      expected(() => true),
    );
    assert.deepEqual(
      await everyPage({ code: 'history-type', type: 'Group', count }),
      expected(({ key }) => key.startsWith('Group/')),
    );
  });
}

test('a window in time holds what came since, or what was current within', async () => {
  const since = start + 4000;
  assert.deepEqual(
    await everyPage({ code: 'history-system', count: 100, since }),
    expected(({ time }) => time >= since),
  );
  const at = { lo: start + 2000, hi: start + 5000 };
  assert.deepEqual(
    await everyPage({ code: 'history-type', type: 'Basic', count: 100, at }),
    expected(({ key, time, ended }) => key.startsWith('Basic/') && time < at.hi && ended > at.lo),
  );
});

test('attack 48: of what a rule opens in part each page is full of what it opens, and the last one says so', async () => {
  const scope = 'system/Observation.s?code=seen system/Group.s';
  const current = new Map(written.map((one) => [one.key, one.code]));
  const isOpen = ({ key, code }: { key: string; code: string }) =>
    key.startsWith('Group/') || (key.startsWith('Observation/') && code === 'seen' && current.get(key) === 'seen');
  for (const count of [1000, 40]) {
    assert.deepEqual(await everyPage({ code: 'history-system', count }, scope), expected(isOpen));
  }
  assert.deepEqual(
    await everyPage({ code: 'history-type', type: 'Observation', count: 3 }, scope),
    expected((one) => isOpen(one) && one.key.startsWith('Observation/')),
  );
});

test('no page of a history reads a table from one end to the other', async () => {
  const { connection, readThrough } = explaining(chart.database);
  const after: HistoryPosition = { lastUpdated: start + 8000, type: 'Group', id: 'r1' };
  for (const asked of [
    { code: 'history-system', count: 10 },
    { code: 'history-system', count: 10, after },
    { code: 'history-type', type: 'Group', count: 10 },
    { code: 'history-type', type: 'Group', count: 10, after },
    { code: 'history-system', count: 10, since: start + 11_000 },
  ] as const) {
    await versions(reader(connection), permitted(asked));
  }
  assert.deepEqual(readThrough, []);
});

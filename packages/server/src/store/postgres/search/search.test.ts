import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { FhirError } from '@chartgate/fhir';
import { now, permitted, testChart } from './chart.testing.ts';
import { findByHand, held } from './oracle.testing.ts';
import { kinds, random, randomParameter, randomResources } from './random.testing.ts';

const chart = await testChart();
after(chart.drop);

const r = random(20260601);
const resources = randomResources(r, 320);
const updated = (i: number) => Date.UTC(2019, 0, 1) + ((i * 997 * 86_400_000) % (now - Date.UTC(2019, 0, 1)));
await chart.put(resources, updated);
await chart.analyze();
const all = resources.map((resource, i) => held(resource, updated(i)));

test('Thousands of searches find what a look at each resource finds', async (t) => {
  let asked = 0;
  let hits = 0;
  for (let i = 0; i < 3000; i++) {
    const type = r.pick(kinds);
    const parameters = Array.from({ length: r.pick([1, 1, 2, 3]) }, () => randomParameter(r, type));
    const text = `${new URLSearchParams(parameters)}&_count=1000&_total=accurate`;
    const query = queryOf(type, text);
    if (!query) continue;
    asked++;
    const page = await chart.page(type, text);
    const expected = findByHand(all, type, query.criteria);
    hits += expected.length > 0 ? 1 : 0;
    assert.deepEqual(page.matches.map(({ id }) => id).sort(), expected.sort(), `${type}?${text}`);
    assert.equal(page.total, expected.length, `total of ${type}?${text}`);
  }
  t.diagnostic(`${asked} searches, ${hits} of them with matches`);
  assert.ok(asked > 2000 && hits > asked / 4);
});

/** Undefined for a search that the grammar refuses. */
function queryOf(type: string, text: string) {
  try {
    return permitted(type, text).interaction.query;
  } catch (error) {
    if (error instanceof FhirError && error.status === 400) return undefined;
    throw error;
  }
}

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { FhirError, type Resource } from '@chartgate/fhir';
import type { SearchPosition } from '../../../access/interaction.ts';
import { type Asking, now, permittedSystem, testChart } from './chart.testing.ts';
import { findByHand, held } from './oracle.testing.ts';
import { kinds, random, randomParameter, randomResources } from './random.testing.ts';

const chart = await testChart();
after(chart.drop);

const r = random(42);
const resources = randomResources(r, 240);
const updated = (i: number) => now - ((i * 31) % 50) * 1000;
await chart.put(resources, updated);
await chart.analyze();
const all = resources.map((resource, i) => held(resource, updated(i)));

/** Parameters that several types have. */
const shared = [
  () => ['_id', `r${Math.floor(r() * 240)},r${Math.floor(r() * 240)},r1,r2,r3`] as const,
  () => ['_lastUpdated', `ge${new Date(now - r() * 50_000).toISOString()}`] as const,
  () => ['subject', `Patient/r${Math.floor(r() * 60) * 4}`] as const,
  () => ['patient', `r${Math.floor(r() * 60) * 4}`] as const,
  () => ['patient.active', r.pick(['true', 'false'])] as const,
  () => ['identifier', r.pick(['a', 'b', 'urn:s|c'])] as const,
  () => ['name', r.pick(['s', 'm', 'a'])] as const,
  () => {
    const [name, value] = randomParameter(r, 'Observation', 3);
    return [`_has:Observation:subject:${name}`, value] as const;
  },
];

function queryOf(text: string, asking: Asking) {
  try {
    return permittedSystem(text, asking).interaction.query;
  } catch (error) {
    if (error instanceof FhirError && [400, 404].includes(error.status)) return undefined;
    throw error;
  }
}

const expectedOf = (query: NonNullable<ReturnType<typeof queryOf>>) =>
  query.parts.flatMap(({ type, criteria }) => findByHand(all, type, criteria).map((id) => `${type}/${id}`)).sort();

async function everyPage(text: string, asking: Asking): Promise<string[]> {
  const found: string[] = [];
  let position: SearchPosition | undefined;
  do {
    const page = await chart.systemPage(text, { ...asking, after: position });
    found.push(...page.matches.map(({ type, id }) => `${type}/${id}`));
    position = page.next;
  } while (position);
  return found;
}

test('Searches over several types find what a look at each resource finds', async (t) => {
  let asked = 0;
  for (let i = 0; i < 250; i++) {
    const types = r.maybe(0.8, () => [r.pick(kinds), r.pick(kinds), r.pick(kinds)]);
    const parameters = [r.pick(shared)(), r.pick(shared)()].slice(0, r.pick([0, 1, 1, 2]));
    const sort = r.pick(['', '&_sort=_lastUpdated', '&_sort=-_lastUpdated', '&_sort=-_id', '&_sort=_lastUpdated,-_id']);
    const named = types ? `&_type=${types.join(',')}` : '';
    const text = `${new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value]))}${named}${sort}`;
    const query = queryOf(text, {});
    if (!query) continue;
    asked++;
    const found = await everyPage(`${text}&_count=${r.pick([1000, 30])}`, {});
    assert.deepEqual([...found].sort(), expectedOf(query), text);
    assert.equal((await chart.systemPage(`${text}&_summary=count`)).total, found.length, text);
  }
  t.diagnostic(`${asked} searches`);
  assert.ok(asked > 90);
});

test('Searches of a compartment find what its definition puts there, and nothing else', async () => {
  for (let i = 0; i < 40; i++) {
    const compartment = { type: 'Patient', id: `r${i * kinds.length}` } as const;
    const query = queryOf('', { compartment });
    assert.ok(query);
    const found = await everyPage('_count=7', { compartment });
    assert.deepEqual(found.sort(), expectedOf(query));
    assert.ok(found.includes(`Patient/r${i * kinds.length}`));
    const [name, value] = randomParameter(r, 'Observation');
    const text = String(new URLSearchParams([[name, value]]));
    if (!queryOf(`${text}&_type=Observation`, {})) continue;
    const inside = await chart.findAll('Observation', `${text}&_count=1000`, { compartment });
    const within = new Set(found);
    const whole = await chart.findAll('Observation', `${text}&_count=1000`);
    assert.deepEqual(inside.sort(), whole.filter((id) => within.has(`Observation/${id}`)).sort(), text);
  }
});

for (const scope of [
  'system/Patient.rs',
  'system/Observation.rs?status=final system/Patient.rs?active=true',
  'system/RiskAssessment.rs system/Organization.rs?name=s',
]) {
  test(`Under ${scope} the whole system is what the rule opens`, async () => {
    const expected: string[] = [];
    for (const type of kinds) {
      if (!scope.includes(`system/${type}.`)) continue;
      expected.push(...(await chart.findAll(type, '_count=1000', { scope })).map((id) => `${type}/${id}`));
    }
    assert.deepEqual((await everyPage('_count=50', { scope })).sort(), expected.sort());
    assert.equal((await chart.systemPage('_summary=count', { scope })).total, expected.length);
  });
}

for (const sort of ['', '_lastUpdated', '-_lastUpdated', '_id']) {
  test(`While others write, pages of the system sorted by ${sort || 'nothing'} neither repeat nor drop what is left alone`, async () => {
    let isWalking = true;
    const writer = (async () => {
      const made: Resource[] = [];
      for (let i = 0; isWalking; i++) {
        const id = `w${sort.replace(/\W/g, '')}${i}`;
        const one = { resourceType: r.pick(['Patient', 'Organization']), id };
        await chart.put([one], () => now - Math.floor(r() * 50_000));
        made.push(one);
        const gone = r() < 0.5 ? made.splice(Math.floor(r() * made.length), 1) : [];
        for (const { resourceType, id: old = '' } of gone) await chart.remove(resourceType, old);
      }
    })();
    const seen = (await everyPage(`_count=9${sort && `&_sort=${sort}`}`, {})).filter((name) => /\/r\d+$/.test(name));
    isWalking = false;
    await writer;
    assert.deepEqual(seen.sort(), resources.map(({ resourceType, id }) => `${resourceType}/${id}`).sort());
  });
}

test('Types whose sort keys are not of one kind are refused, whether there are rows of them or not', async () => {
  const refused = async () => chart.systemPage('_type=Slot,GraphDefinition&_sort=start');
  await assert.rejects(refused, /_sort/);
});

test('attack 68: more values than a statement takes are refused with what to do', async () => {
  const values = Array.from({ length: 500 }, () => 'ne2020').join(',');
  const text = Array.from({ length: 20 }, () => `_lastUpdated=${values}`).join('&');
  await assert.rejects(
    chart.systemPage(`${text}&_type=${kinds.slice(0, 4).join(',')}`),
    /too many values.*Name fewer types/,
  );
});

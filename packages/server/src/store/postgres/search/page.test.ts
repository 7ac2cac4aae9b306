import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { FhirError, normalizeString, type Resource, r4SearchParameters, tokenText } from '@chartgate/fhir';
import type { SearchPosition } from '../../../access/interaction.ts';
import { now, testChart } from './chart.testing.ts';
import { dates, random, randomResources } from './random.testing.ts';

const chart = await testChart();
after(chart.drop);

const r = random(7);
const resources = randomResources(r, 360);
const updated = (i: number) => now - ((i * 31) % 50) * 1000;
await chart.put(resources, updated);
await chart.analyze();
const byId = new Map(resources.map((resource, i) => [resource.id, { resource, updated: updated(i) }]));

type Key = string | number | undefined;

/** What a resource is sorted by: of several values the least, or the greatest in descending order. */
function keyOf(id: string, code: string, descending: boolean): Key {
  if (code === '_id') return id;
  const { resource, updated } = byId.get(id) ?? {};
  if (code === '_lastUpdated') return updated;
  const keys = r4SearchParameters.valuesOf(resource as Resource).flatMap((value): (string | number)[] => {
    if (value.parameter !== code) return [];
    switch (value.kind) {
      case 'string':
        return [normalizeString(value.value)];
      case 'token':
        return [value.text === undefined ? value.code : tokenText(value.text)].filter((text) => text !== undefined);
      case 'uri':
        return [value.value];
      case 'reference':
        return [value.id === undefined ? (value.url ?? value.identifier?.value ?? '') : `${value.type}/${value.id}`];
      case 'quantity':
        return [value.canonical?.lo ?? value.lo];
      default:
        return 'lo' in value ? [value.lo] : [];
    }
  });
  keys.sort(compare);
  return descending ? keys.at(-1) : keys[0];
}

function compare(a: Key, b: Key): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) < Number(b) ? -1 : Number(a) > Number(b) ? 1 : 0;
}

const sorts = [
  ['Patient', '', ''],
  ['Patient', '', '_id'],
  ['Patient', '', '-_id'],
  ['Patient', '', '_lastUpdated'],
  ['Patient', '', '-_lastUpdated'],
  ['Patient', '', 'birthdate'],
  ['Patient', '', '-birthdate'],
  ['Patient', 'active=true', '-death-date'],
  ['Patient', '', 'family'],
  ['Patient', '', '-name'],
  ['Patient', '', '-birthdate,name,_id'],
  ['Observation', '', 'date'],
  ['Observation', '', '-date'],
  ['Observation', 'status=final', ''],
  ['Observation', 'status=final', 'date'],
  ['Observation', 'status=final', '-date'],
  ['Observation', 'status=final,amended', ''],
  ['Observation', 'status=final,amended', '-date'],
  ['Observation', 'code=a,b,c&value-quantity=gt0', '-date'],
  ['Observation', 'subject:Patient.active=true', '-date'],
  ['Observation', '', 'value-quantity'],
  ['Observation', 'status=final', '-value-quantity,_id'],
  ['Observation', '', 'code'],
  ['Observation', 'status=final', '-code,date'],
  ['Observation', '', '-subject'],
  ['Observation', '', 'status,-patient,code'],
  ['Patient', '', 'identifier'],
  ['Patient', 'active=true', '-active,organization'],
  ['ActivityDefinition', '', '-url'],
  ['ActivityDefinition', '', 'derived-from,url'],
  ['Observation', '', '-value-quantity,_lastUpdated'],
  ['RiskAssessment', '', 'probability'],
  ['RiskAssessment', '', '-probability'],
] as const;

for (const [type, criteria, sort] of sorts) {
  test(`${type}?${criteria} sorted by ${sort || 'nothing'} comes in order, each once, page by page`, async () => {
    const whole = (await chart.findAll(type, `${criteria}&_count=1000`)).sort();
    const text = `${criteria}${sort && `&_sort=${sort}`}`;
    assert.ok(whole.length > 5);
    const ids = await chart.findAll(type, `${text}&_count=7`);
    assert.deepEqual([...ids].sort(), whole);
    assert.deepEqual(await chart.findAll(type, `${text}&_count=1000`), ids, 'the size of pages changes nothing');
    for (let i = 1; i < ids.length; i++) assert.ok(isInOrder(sort, ids[i - 1] ?? '', ids[i] ?? ''), `at ${i}`);
  });
}

/** Whether `b` may come after `a`. Without a value comes last. */
function isInOrder(sort: string, a: string, b: string): boolean {
  for (const part of sort.split(',').filter(Boolean)) {
    const descending = part.startsWith('-');
    const code = part.replace(/^-/, '');
    const [x, y] = [keyOf(a, code, descending), keyOf(b, code, descending)];
    if (x === undefined || y === undefined) {
      if (x === y) continue;
      return y === undefined;
    }
    const order = compare(x, y) * (descending ? -1 : 1);
    if (order !== 0) return order < 0;
  }
  return true;
}

for (const sort of ['', '-date', 'date', '-_lastUpdated', '_id', 'value-quantity,-date']) {
  test(`While others write, pages sorted by ${sort || 'nothing'} neither repeat nor drop what is left alone`, async () => {
    const still = await chart.findAll('Observation', 'status=final&_count=1000');
    let isWalking = true;
    const writer = (async () => {
      for (let i = 0; isWalking; i++) {
        const others = ['w1', 'w2', 'w3', 'w4', `x${sort}${i}`.replace(/[^A-Za-z0-9]/g, '')].map(
          (id): Resource => ({
            resourceType: 'Observation',
            id: `w${id}`,
            status: 'final',
            code: { coding: [{ code: 'a' }] },
            ...r.maybe(0.7, () => ({ effectiveDateTime: r.pick(dates), valueQuantity: { value: r() * 10 } })),
          }),
        );
        await chart.put(others, () => now - Math.floor(r() * 50_000));
        const made = others.at(-1)?.id ?? '';
        if (i % 2 === 0) await chart.remove('Observation', made);
      }
    })();
    const seen: string[] = [];
    let after: SearchPosition | undefined;
    do {
      const page = await chart.page('Observation', `status=final&_count=4&_sort=${sort}`.replace(/&_sort=$/, ''), {
        after,
      });
      seen.push(...page.matches.map(({ id }) => id));
      after = page.next;
    } while (after && seen.length < 5000);
    isWalking = false;
    await writer;
    const untouched = new Set(still.filter((id) => !id.startsWith('w')));
    assert.deepEqual(seen.filter((id) => untouched.has(id)).sort(), [...untouched].sort());
  });
}

for (const after of [
  { keys: [], rid: 'x' },
  { keys: [], rid: '99999999999999999999' },
  { keys: ['1'], rid: '1' },
] as const) {
  test(`A position ${JSON.stringify(after)} of another search is refused`, async () => {
    await assert.rejects(
      chart.page('Patient', '', { after }),
      (error) => error instanceof FhirError && error.status === 400,
    );
  });
}

test('A position with a key of another type is refused', async () => {
  for (const key of ['x', 1, '9'.repeat(19)]) {
    const asking = { after: { keys: [key], rid: '1' } };
    await assert.rejects(chart.page('Patient', '_sort=birthdate', asking), FhirError);
  }
  await assert.rejects(chart.page('Patient', '_sort=family', { after: { keys: [1], rid: '1' } }), FhirError);
  await assert.rejects(chart.page('Patient', '_sort=family', { after: { keys: ['a\0'], rid: '1' } }), FhirError);
});

test('The total is exact when asked for, estimated, or given where the first page is all', async () => {
  const count = (await chart.findAll('Patient', '_count=1000')).length;
  const totalOf = async (text: string) => (await chart.page('Patient', text)).total;
  assert.equal(await totalOf('_count=3'), undefined);
  assert.equal(await totalOf('_count=3&_total=accurate'), count);
  assert.equal(await totalOf('_count=3&_total=estimate'), count);
  assert.equal(await totalOf('_count=1000'), count);
  assert.equal(await totalOf('_count=1000&_total=none'), undefined);
  assert.equal(await totalOf('_count=0'), count);
  assert.equal(await totalOf('_summary=count&active=true'), (await chart.findAll('Patient', 'active=true')).length);
});

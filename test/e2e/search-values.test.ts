import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RunningServer, runningServer } from '../support/running-server.ts';

const own = 'http://a.example/CodeSystem/beds';
const beds = 'http://a.example/ValueSet/beds';
const ucum = 'http://unitsofmeasure.org';

let server: RunningServer;
let all: string;

const observation = (id: string, code: string, more: object) => ({
  ...{ resourceType: 'Observation', id, status: 'final', code: { coding: [{ system: own, code }] } },
  ...more,
});

before(async () => {
  server = await runningServer();
  all = await server.token('system/*.cruds');
  const concept = [{ code: 'bed', concept: [{ code: 'cot', display: 'Cot' }] }, { code: 'chair' }];
  for (const resource of [
    {
      resourceType: 'CodeSystem',
      id: 'own',
      status: 'active',
      url: own,
      content: 'complete',
      caseSensitive: true,
      concept,
    },
    {
      ...{ resourceType: 'ValueSet', id: 'beds', status: 'active', url: beds },
      compose: { include: [{ system: own, concept: [{ code: 'bed' }, { code: 'cot' }] }] },
    },
    { resourceType: 'Patient', id: 'p' },
    observation('cot', 'cot', { subject: { reference: `${server.fhir}/Patient/p` } }),
    observation('bed', 'bed', { valueQuantity: { value: 2, system: ucum, code: 'm' } }),
    observation('chair', 'chair', { valueQuantity: { value: 150, system: ucum, code: 'cm' } }),
  ]) {
    const path = `${resource.resourceType}/${resource.id}`;
    const answer = await server.ask(path, all, { method: 'PUT', body: JSON.stringify(resource) });
    assert.equal(answer.status, 201, await answer.text());
  }
  // what was written is known within a moment
  for (let i = 0; i < 100 && (await server.ask(`ValueSet/$expand?url=${beds}`, all)).status !== 200; i++) {
    await new Promise((later) => setTimeout(later, 20));
  }
});
after(() => server.close());

async function find(query: string, token = all): Promise<string> {
  const answer = await server.ask(`Observation?${query}`, token);
  const json = (await answer.json()) as { entry?: { resource: { id: string } }[]; issue?: { diagnostics: string }[] };
  if (answer.status !== 200) return `${answer.status} ${json.issue?.[0]?.diagnostics}`;
  return (json.entry ?? [])
    .map(({ resource }) => resource.id)
    .sort()
    .join(' ');
}

for (const [query, expected] of [
  [`code:in=${beds}`, 'bed cot'],
  ['code:in=ValueSet/beds', 'bed cot'],
  [`code:not-in=${beds}`, 'chair'],
  [`code:below=${own}|bed`, 'bed cot'],
  [`code:above=${own}|cot`, 'bed cot'],
  [`code-value-quantity=bed$2000|${ucum}|mm`, 'bed'],
  [`value-quantity=lt1.6|${ucum}|m`, 'chair'],
  ['subject=Patient/p', 'cot'],
  ['subject:Patient._content=nothing', ''],
] as const) {
  test(`Observation?${query} finds ${expected || 'nothing'}`, async () => {
    assert.equal(await find(query.replaceAll('|', '%7C')), expected);
  });
}

test('A value set that is not there is a 400, one that may not be read a 403', async () => {
  assert.match(await find('code:in=ValueSet/none'), /^400 .*codes of this value set are not at hand/);
  const narrow = await server.token('system/Observation.rs');
  assert.match(await find('code:in=ValueSet/beds', narrow), /^403 /);
  assert.equal(await find(`code:in=${beds}`, narrow), 'bed cot', 'by its canonical URL it is as public as its codes');
});

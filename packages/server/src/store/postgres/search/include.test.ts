import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Resource, searchLimits } from '@chartgate/fhir';
import { now, permitted, testChart } from './chart.testing.ts';
import { held, includedByHand } from './oracle.testing.ts';
import { kinds, random, randomIncludes, randomParameter, randomResources } from './random.testing.ts';

const chart = await testChart();
after(chart.drop);

const r = random(77);
const resources = randomResources(r, 240);
await chart.put(resources);
await chart.analyze();
const all = resources.map((resource) => held(resource, now));
const names = (found: readonly { readonly type: string; readonly id: string }[]) =>
  found.map(({ type, id }) => `${type}/${id}`);

test('Includes bring what a look at each resource brings, each once, with wildcards and step by step', async (t) => {
  let brought = 0;
  for (let i = 0; i < 250; i++) {
    const type = r.pick(kinds.slice(0, 4));
    const own = r.maybe(0.4, () => [randomParameter(r, type, 4)]) ?? [];
    const text = `${new URLSearchParams([...own, ...randomIncludes(r, type)])}&_count=${r.pick([2, 5, 20])}`;
    const { query } = permitted(type, text).interaction;
    const page = await chart.page(type, text);
    if (page.isCut) continue;
    const expected = includedByHand(all, query, names(page.matches));
    assert.deepEqual(names(page.included).sort(), expected, `${type}?${text}`);
    brought += expected.length > 0 ? 1 : 0;
  }
  t.diagnostic(`${brought} searches with included resources`);
  assert.ok(brought > 100);
});

test('attack 68: :iterate ends after so many steps, and the page says that it is cut', async () => {
  const chain = Array.from({ length: 12 }, (_, i): Resource => {
    return { resourceType: 'Location', id: `l${i}`, partOf: { reference: `Location/l${i + 1}` } };
  });
  await chart.put(chain);
  const page = await chart.page('Location', '_id=l0&_include:iterate=Location:partof');
  assert.equal(page.included.length, searchLimits.includeDepth);
  assert.equal(page.isCut, true);
  const rest = await chart.page('Location', '_id=l5&_include:iterate=Location:partof');
  assert.equal(rest.included.length, 6);
  assert.equal(rest.isCut, false);
});

test('attack 68: more references than a page may look for are refused with what to do', async () => {
  const many = Array.from({ length: 900 }, (_, i): Resource => ({ resourceType: 'Patient', id: `many${i}` }));
  await chart.put(many);
  await assert.rejects(chart.page('Patient', '_count=1000&_revinclude=*'), /50000 references.*_count/);
});

test('A circle of references ends, and what is a match is not included', async () => {
  await chart.put([
    { resourceType: 'Location', id: 'a', partOf: { reference: 'Location/b' } },
    { resourceType: 'Location', id: 'b', partOf: { reference: 'Location/a/_history/1' } },
  ]);
  const page = await chart.page('Location', '_id=a&_include:iterate=Location:partof');
  assert.deepEqual(names(page.included), ['Location/b']);
});

test('Canonical references lead to what they name, whatever its version, and back', async () => {
  await chart.put([
    {
      resourceType: 'Questionnaire',
      id: 'q1',
      url: 'http://f.example/q',
      version: '1',
      status: 'active',
      title: 'One',
    },
    { resourceType: 'Questionnaire', id: 'q2', url: 'http://f.example/other', status: 'active', title: 'One' },
    { resourceType: 'QuestionnaireResponse', id: 'qr1', questionnaire: 'http://f.example/q', status: 'completed' },
    { resourceType: 'QuestionnaireResponse', id: 'qr2', questionnaire: 'http://f.example/q|1', status: 'completed' },
    { resourceType: 'PlanDefinition', id: 'p', url: 'http://f.example/plan', status: 'active', name: 'Plan' },
    { resourceType: 'CarePlan', id: 'c', instantiatesCanonical: ['http://f.example/plan'], status: 'active' },
  ]);
  assert.deepEqual((await chart.find('QuestionnaireResponse', 'questionnaire.title=one')).sort(), ['qr1', 'qr2']);
  assert.deepEqual(await chart.find('CarePlan', 'instantiates-canonical.name=plan'), ['c']);
  assert.deepEqual(await chart.find('Questionnaire', '_has:QuestionnaireResponse:questionnaire:_id=qr2'), ['q1']);
  assert.deepEqual(await chart.find('QuestionnaireResponse', 'questionnaire=http://f.example/q|1'), ['qr2']);
  const forward = await chart.page('QuestionnaireResponse', '_include=QuestionnaireResponse:questionnaire');
  assert.deepEqual(names(forward.included), ['Questionnaire/q1']);
  const backward = await chart.page('Questionnaire', '_id=q1,q2&_revinclude=QuestionnaireResponse:questionnaire');
  assert.deepEqual(names(backward.included).sort(), ['QuestionnaireResponse/qr1', 'QuestionnaireResponse/qr2']);
  const scope = 'system/QuestionnaireResponse.rs system/Questionnaire.rs?title=two';
  assert.deepEqual(await chart.find('QuestionnaireResponse', 'questionnaire.title=one', { scope }), []);
  assert.deepEqual((await chart.page('QuestionnaireResponse', '_include=*', { scope })).included, []);
});

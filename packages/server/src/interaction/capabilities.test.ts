import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalIndex, r4Conformance, searchParametersWith } from '@chartgate/fhir';
import { capabilities } from './capabilities.ts';

test('the statement is made once, and anew when the parameters or what is installed have changed', () => {
  const conformance = { ...r4Conformance };
  const guide = { resourceType: 'ImplementationGuide', url: 'http://a.example/guide' };
  const of = (base: string) => capabilities({ base, operations: [], conformance });
  const statement = (base = 'http://a.example') => JSON.parse(of(base).body ?? '');
  const { date } = statement();
  assert.equal(statement().date, date);
  assert.equal(statement().implementationGuide, undefined);
  assert.equal(statement('http://b.example').implementation.url, 'http://b.example');

  conformance.installed = canonicalIndex([{ ...guide, read: () => guide }]);
  assert.deepEqual(statement().implementationGuide, [guide.url]);

  const parameter = {
    code: 'own',
    type: 'token',
    resourceType: 'Group',
    expression: 'Group.code',
    target: [],
  } as const;
  const url = 'http://a.example/SearchParameter/own';
  const names = () => statement().rest[0].resource.find((one: { type: string }) => one.type === 'Group').searchParam;
  const isClaimed = () => names().some(({ name }: { name: string }) => name === 'own');
  conformance.parameters = searchParametersWith([{ ...parameter, url, isIndexing: true }]);
  assert.ok(!isClaimed(), 'nothing can be found by it yet');
  conformance.parameters = searchParametersWith([{ ...parameter, url }]);
  assert.ok(isClaimed());
});

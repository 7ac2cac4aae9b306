import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spliceVersion } from './splice.ts';

const version = { id: 'a1', versionId: '2', lastUpdated: '2026-01-31T09:30:00.000Z' };
const set = '"versionId":"2","lastUpdated":"2026-01-31T09:30:00.000Z"';

for (const [name, text, expected] of [
  [
    'what is missing comes behind resourceType',
    '{"resourceType":"Patient","active":true}',
    `{"resourceType":"Patient","id":"a1","meta":{${set}},"active":true}`,
  ],
  [
    'a resource of nothing but its type',
    '{"resourceType":"Basic"}',
    `{"resourceType":"Basic","id":"a1","meta":{${set}}}`,
  ],
  [
    'id and meta are replaced where they stand',
    '{"id":"old","x":[{"id":"keep","meta":{}}],"meta":{"versionId":"9","source":"s","lastUpdated":"then"},"resourceType":"Basic"}',
    '{"id":"a1","x":[{"id":"keep","meta":{}}],"meta":{"versionId":"2","source":"s","lastUpdated":"2026-01-31T09:30:00.000Z"},"resourceType":"Basic"}',
  ],
  [
    'other members of meta stay as written',
    '{"resourceType":"Basic","meta":{"tag":[{"code":"x","versionId":"7"}]},"id":"old"}',
    `{"resourceType":"Basic","meta":{${set},"tag":[{"code":"x","versionId":"7"}]},"id":"a1"}`,
  ],
  [
    'an empty meta',
    '{"resourceType":"Basic","id":"a","meta":{}}',
    `{"resourceType":"Basic","id":"a1","meta":{${set}}}`,
  ],
  [
    'half a meta',
    '{"resourceType":"Basic","id":"a","meta":{"lastUpdated":"x"}}',
    '{"resourceType":"Basic","id":"a1","meta":{"versionId":"2","lastUpdated":"2026-01-31T09:30:00.000Z"}}',
  ],
  ['a null', '{"resourceType":"Basic","id":null,"meta":null}', `{"resourceType":"Basic","id":"a1","meta":{${set}}}`],
] as const) {
  test(name, () => {
    const spliced = spliceVersion(text, version);
    assert.equal(spliced, expected);
    const { id, meta } = JSON.parse(spliced);
    assert.deepEqual([id, meta.versionId, meta.lastUpdated], [version.id, version.versionId, version.lastUpdated]);
  });
}

test('decimals and strings full of quotes, braces and backslashes stay as written', () => {
  const text = '{"resourceType":"Basic","a":"\\\\\\"}{,\\\\","b":1.50,"c":[[],{},"]"],"meta":{"a":"}"},"d":-0.0e1}';
  const expected = text.replace('"Basic"', '"Basic","id":"a1"').replace('{"a":"}"}', `{${set},"a":"}"}`);
  assert.equal(spliceVersion(text, version), expected);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compactJson } from './compact.ts';
import { generator } from './generator.testing.ts';
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

test('splicing 2000 generated resources gives what setting the members gives', () => {
  const { value, next } = generator(7);
  for (let i = 0; i < 2000; i++) {
    const members = [
      '"resourceType":"Basic"',
      ...(next(2) ? [`"id":${value(0)}`] : []),
      ...(next(2) ? [`"meta":{"tag":${value(2)}${next(2) ? ',"versionId":"old"' : ''}}`] : []),
      ...(next(2) ? [`"other":${value(3)}`] : []),
    ];
    const text = compactJson(`{${members.toSorted(() => next(3) - 1).join(' , ')}}`);
    const expected = JSON.parse(text);
    expected.id = version.id;
    expected.meta = { ...expected.meta, versionId: version.versionId, lastUpdated: version.lastUpdated };
    assert.deepEqual(JSON.parse(spliceVersion(text, version)), expected);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareVersions } from './version.ts';

test('versions are ordered as semantic versions, dates before numbers, no version first', () => {
  const ordered = [
    undefined,
    '2014-03-26',
    '2018-08-12',
    '20190101',
    '0.9',
    '1.0.0-ballot',
    '1.0.0-ballot2',
    '1.0.0',
    '1.2.0',
    '1.10.0',
    '2.9',
    '4.0.1',
    '10.0.0',
  ];
  const shuffled = [...ordered.slice(1)].sort((a, b) => (a! < b! ? 1 : -1));
  assert.deepEqual([...shuffled.sort(compareVersions)], ordered.slice(1));
  assert.equal(compareVersions(undefined, '2014-03-26'), -1);
  assert.equal(compareVersions('1.0', '1.0'), 0);
  assert.ok(compareVersions('1.0', '1.0.0') !== 0, 'a total order: two spellings are not one version');
});

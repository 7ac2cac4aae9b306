import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edited, valueEnd, visitElements, visitMembers } from './slice.ts';

const members = (text: string) => {
  const seen: [string, string][] = [];
  const end = visitMembers(text, 0, (name, start, stop) => {
    seen.push([name, text.slice(start, stop)]);
    return false;
  });
  return { seen, end };
};

const elements = (text: string) => {
  const seen: string[] = [];
  visitElements(text, 0, (start) => {
    const end = valueEnd(text, start);
    seen.push(text.slice(start, end));
    return end;
  });
  return seen;
};

for (const [text, expected] of [
  ['{}', []],
  ['{"a":1}', [['a', '1']]],
  [
    '{"a":"\\\\","b":"\\"}","c":{"d":[1,{"e":"]"}]},"f":null}',
    [
      ['a', '"\\\\"'],
      ['b', '"\\"}"'],
      ['c', '{"d":[1,{"e":"]"}]}'],
      ['f', 'null'],
    ],
  ],
  [
    '{"":[],"b":{}}',
    [
      ['', '[]'],
      ['b', '{}'],
    ],
  ],
] as const) {
  test(`the members of ${text}`, () => assert.deepEqual(members(text), { seen: expected, end: text.length }));
}

for (const [text, expected] of [
  ['[]', []],
  ['[1]', ['1']],
  ['[true,"a,b",[[],{}],{"c":"]"},-1.50]', ['true', '"a,b"', '[[],{}]', '{"c":"]"}', '-1.50']],
] as const) {
  test(`the elements of ${text}`, () => assert.deepEqual(elements(text), expected));
}

test('a visitor that has seen enough stops', () => {
  let count = 0;
  assert.equal(
    visitMembers('{"a":1,"b":2}', 0, () => ++count === 1),
    6,
  );
  assert.equal(count, 1);
});

test('edits are made whatever their order', () => {
  assert.equal(
    edited('abcdef', [
      { start: 4, end: 5, text: 'E' },
      { start: 0, end: 0, text: '>' },
    ]),
    '>abcdEf',
  );
});

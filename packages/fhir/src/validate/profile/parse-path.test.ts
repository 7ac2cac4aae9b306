import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePath } from './parse-path.ts';

const member = (name: string) => ({ kind: 'member', name });

for (const [path, steps] of [
  ['$this', []],
  ['code', [member('code')]],
  ['code.coding.system', [member('code'), member('coding'), member('system')]],
  ['$this.resolve()', [{ kind: 'resolve' }]],
  ['resolve().code', [{ kind: 'resolve' }, member('code')]],
  ['value.ofType(Quantity).unit', [member('value'), { kind: 'ofType', type: 'Quantity' }, member('unit')]],
  ['value[x]', [member('value')]],
  ["extension('http://a.example/x').value", [{ kind: 'extension', url: 'http://a.example/x' }, member('value')]],
  ['where(x)', undefined],
  ['code.', undefined],
  ['code..system', undefined],
  ["extension('x", undefined],
] as const) {
  test(`${path} ${steps ? `has ${steps.length} steps` : 'is no path of a discriminator'}`, () => {
    assert.deepEqual(parsePath(path), steps);
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultScope } from './scope.ts';

for (const [what, scopesSupported, asked] of [
  ['nothing', [], 'system/*.rs'],
  ['no system scope', ['openid', 'patient/*.rs'], 'system/*.rs'],
  ['a wildcard', ['system/*.cruds', 'system/Patient.rs'], 'system/*.rs'],
  ['the wildcard of v1', ['system/*.read'], 'system/*.read'],
  [
    'types only',
    ['system/Patient.rs', 'system/Encounter.rs', 'system/Encounter.cud'],
    'system/Patient.rs system/Encounter.rs',
  ],
  ['types of v1 only', ['system/Patient.read', 'system/Group.$export'], 'system/Patient.read'],
] as const) {
  test(`a server that lists ${what} is asked for ${asked}`, () =>
    assert.equal(defaultScope({ scopesSupported }), asked));
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScope } from '@chartgate/fhir';
import { choiceOf } from './choice.ts';
import { decisionOf } from './decision.ts';
import { offerOf, valuesOf } from './offer.ts';

/** The decision about a request where these boxes lose their tick, after another. */
function decided(requested: string, without: readonly string[] = [], before?: ReturnType<typeof decisionOf>) {
  const { scopes } = parseScope(requested);
  const offer = offerOf(scopes);
  const ticked = new Set(valuesOf(offer).filter((value) => !without.includes(value)));
  return decisionOf(choiceOf(scopes, offer, ticked), offer, before);
}

test('what another request was allowed stays allowed', () => {
  const before = decided('openid patient/Patient.rs patient/Goal.rs', ['patient/Goal.rs']);
  const now = decided('openid patient/Condition.rs', [], before);
  assert.deepEqual(now, {
    scope: 'openid patient/Condition.rs patient/Patient.rs',
    refused: 'patient/Goal.rs',
    isNarrower: false,
  });
});

test('what is allowed now is no longer refused', () => {
  const before = decided('patient/Patient.rs patient/Goal.rs', ['patient/Goal.rs']);
  const now = decided('patient/Patient.rs patient/Goal.rs', [], before);
  assert.deepEqual(now, { scope: 'patient/Patient.rs patient/Goal.rs', refused: '', isNarrower: false });
});

test('a wider decision does not give back what is asked in fewer words', () => {
  const before = decided('patient/*.rs');
  assert.deepEqual(decided('patient/Goal.rs', [], before), {
    scope: 'patient/Goal.rs patient/*.rs',
    refused: '',
    isNarrower: false,
  });
});

test('taking back a type, a category or the access when away leaves only what is ticked now', () => {
  const all = 'offline_access patient/Patient.rs patient/Condition.rs';
  const before = decided(`${all} patient/Goal.rs`);
  const problem = [...valuesOf(offerOf(parseScope(all).scopes))].find((value) => value.endsWith('problem-list-item'));
  for (const without of ['patient/Condition.rs', problem ?? '', 'offline_access']) {
    const now = decided(all, [without], before);
    assert.equal(now.isNarrower, true, without);
    assert.ok(!now.scope.split(' ').includes(without) && !now.scope.includes('Goal'));
  }
  assert.equal(decided(all, [], before).isNarrower, false);
});

test('unticking one type of a wildcard that was allowed takes it back', () => {
  const now = decided('patient/*.rs', ['patient/Goal.rs'], decided('patient/*.rs'));
  assert.equal(now.isNarrower, true);
  assert.ok(!/\*|Goal/.test(now.scope));
});

test('decisions that together are too long to be read are not joined', () => {
  const many = (from: number) => Array.from({ length: 300 }, (_, i) => `patient/Patient.rs?_id=${from + i}`).join(' ');
  const now = decided(many(1000), [], decided(many(5000)));
  assert.equal(now.scope, many(1000));
});

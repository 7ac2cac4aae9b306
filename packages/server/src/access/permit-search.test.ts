import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScope, parseSearch, parseSystemSearch } from '@chartgate/fhir';
import type { Grant } from './grant.ts';
import type { Interaction } from './interaction.ts';
import { isDenied, permit } from './permit.ts';

/** The scope that is missing; undefined where the interaction is permitted. */
function needed(scope: string, interaction: Interaction): string | undefined {
  const { scopes } = parseScope(scope);
  const answer = permit({ site: 'default', clientId: 'test', scopes, expiresAt: 0 }, interaction);
  return isDenied(answer) ? answer.needed : undefined;
}

function system(text: string): Interaction {
  const { query, isNamed } = parseSystemSearch(new URLSearchParams(text));
  return { code: 'search-system', query, isNamed };
}

function explain(type: string, text: string): Interaction {
  return { code: 'explain', type, query: parseSearch(type, new URLSearchParams(text)).query };
}

test('A search of the system that names its types needs each of them', () => {
  assert.equal(needed('system/Patient.rs system/Group.s', system('_type=Patient,Group')), undefined);
  assert.equal(needed('system/Patient.rs', system('_type=Patient,Group')), 'system/Group.s');
  assert.equal(needed('system/Patient.rs system/Group.r', system('_type=Group,Patient')), 'system/Group.s');
});

test('A search of the system that names none needs any type, and is about those that are open', () => {
  assert.equal(needed('system/Group.s', system('')), undefined);
  assert.equal(needed('system/Group.cru', system('')), 'system/*.s');
  assert.equal(needed('', system('')), 'system/*.s');
});

test('How a search is done is told where system/ scopes open all that it looks at, or nothing of it', () => {
  const chained = explain('Observation', 'patient.organization._has:Patient:organization:active=true');
  assert.equal(needed('system/*.s', chained), undefined);
  assert.equal(needed('system/Observation.s', chained), undefined);
  assert.equal(needed('system/Observation.s system/Organization.s?name=x', chained), 'system/Organization.s');
  assert.equal(needed('system/Observation.s?status=final', explain('Observation', '')), 'system/Observation.s');
  assert.equal(needed('user/Observation.s patient/*.s', explain('Observation', '')), 'system/Observation.s');
  assert.equal(needed('system/Observation.r', explain('Observation', '')), 'system/Observation.s');
});

test('How a search is done is not told where a denial hides a part of what it looks at, whatever the scopes open', () => {
  const { scopes } = parseScope('system/*.cruds');
  const { criteria } = parseSearch('Patient', new URLSearchParams('_security=urn:label|R')).query;
  const grant = (denies: NonNullable<Grant['denies']>): Grant => ({
    ...{ site: 'default', clientId: 'test', scopes, denies, expiresAt: 0 },
  });
  const chained = explain('Observation', 'subject:Patient.active=true');
  for (const letters of [['r'], ['s'], ['c', 'r', 'u', 'd', 's']] as const) {
    const answer = permit(grant([{ type: 'Patient', letters, criteria }]), chained);
    assert.ok(isDenied(answer), `${letters}`);
    assert.match(answer.why ?? '', /A part of Patient is denied/);
  }
  const inRecord = { type: '*', letters: ['s'], compartment: { type: 'Patient', ids: ['b'] }, criteria: [] } as const;
  assert.ok(isDenied(permit(grant([inRecord]), chained)));
  const ofOthers = [{ type: 'Condition', letters: ['r', 's'], criteria }] as const;
  assert.ok(!isDenied(permit(grant(ofOthers), chained)), 'it does not look at Condition');
  const writing = [{ type: 'Patient', letters: ['c', 'u', 'd'], criteria }] as const;
  assert.ok(!isDenied(permit(grant(writing), chained)), 'nothing is hidden');
  const whole = [{ type: 'Patient', letters: ['r', 's'], criteria: [] }] as const;
  assert.ok(!isDenied(permit(grant(whole), chained)), 'no row of a type that is closed is counted');
});

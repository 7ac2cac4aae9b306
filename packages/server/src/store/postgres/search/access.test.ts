import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type CompartmentName, FhirError, meets, parseScope, type Resource } from '@chartgate/fhir';
import type { AccessRule } from '../../../access/rule.ts';
import type { SearchPage } from '../../ports.ts';
import { table } from '../database/site.ts';
import { and, sql } from '../database/sql.ts';
import { now, permitted, testChart } from './chart.testing.ts';
import type { Row } from './criterion.ts';
import { droppedRow } from './exact-check.ts';
import { type FoundRow, foundColumns, included } from './include.ts';
import { held } from './oracle.testing.ts';
import { random, randomIncludes, randomParameter, randomResources } from './random.testing.ts';
import { resolve } from './resolve.ts';
import { matchesOf } from './search.ts';
import { totalOf } from './total.ts';

const whole = await testChart();
after(whole.drop);
const r = random(99);
const resources = randomResources(r, 240);
await whole.put(resources);
await whole.analyze();

let dropped = 0;
droppedRow.subscribe(() => {
  dropped++;
});

/** Result parameters that bring or count other rows. */
const more = ['_total=accurate', '_total=estimate', '_count=3', '_summary=count', '_sort=-_lastUpdated'];
for (const scope of [
  'system/*.rs',
  'system/Patient.rs',
  'system/Observation.rs system/Patient.rs',
  'system/Observation.rs?status=final system/Patient.rs?active=true',
  'system/Observation.rs?code=a system/Observation.rs?code=b&status=amended system/Organization.rs',
  'system/Observation.rs?date=ge2020-02-15 system/Patient.rs?family=smi system/RiskAssessment.rs?probability=gt1',
  'system/Patient.rs?identifier=urn:s|a,b system/Organization.rs?name:exact=ab system/Observation.rs?code:not=a',
  'system/Observation.rs?value-quantity=lt5 system/Patient.rs?birthdate:missing=false system/RiskAssessment.rs',
]) {
  test(`Under ${scope} a search answers as where the hidden resources do not exist`, async (t) => {
    const rest = await testChart();
    t.after(rest.drop);
    const lines = parseScope(scope).scopes.flatMap((one) => (one.kind === 'resource' ? [one] : []));
    const isOpen = (resource: Resource) =>
      lines.some(
        ({ type, criteria }) =>
          (type === '*' || type === resource.resourceType) && meets(criteria, held(resource, now)),
      );
    const open = resources.filter(isOpen);
    assert.ok(open.length > 5);
    await rest.put(open);
    await rest.analyze();
    for (let i = 0; i < 80; i++) {
      const type = r.pick(['Patient', 'Observation', 'Organization', 'RiskAssessment'] as const);
      if (!lines.some((line) => line.type === '*' || line.type === type)) continue;
      const parameters = [randomParameter(r, type), randomParameter(r, type)].slice(0, r.pick([0, 1, 1, 2]));
      const text = `${new URLSearchParams([...parameters, ...randomIncludes(r, type)])}&${r.pick(more)}`;
      const [seen, expected] = [await answer(whole, type, text, scope), await answer(rest, type, text, scope)];
      assert.deepEqual(seen, expected, `${type}?${text}`);
    }
    for (const text of ['_count=20', '_count=20&_total=accurate&_sort=-_id', '_summary=count', '_list=l&_include=*']) {
      assert.deepEqual(await systemAnswer(whole, text, scope), await systemAnswer(rest, text, scope), text);
      const compartment = { type: 'Patient', id: `r${r.pick([0, 4, 8, 12])}` } as const;
      const inside = [
        await systemAnswer(whole, text, scope, compartment),
        await systemAnswer(rest, text, scope, compartment),
      ];
      assert.deepEqual(inside[0], inside[1], `${text} in a compartment`);
    }
    assert.equal(dropped, 0, 'the rule is in the SQL, not left to the exact check');
  });
}

async function answer(chart: typeof whole, type: string, text: string, scope: string) {
  return shown(chart.page(type, text, { scope }));
}

async function systemAnswer(chart: typeof whole, text: string, scope: string, compartment?: CompartmentName) {
  return shown(chart.systemPage(text, { scope, ...(compartment && { compartment }) }));
}

/** What is beyond a limit must be so for the hidden resources' sake neither. */
async function shown(asked: Promise<SearchPage>) {
  const page = await asked.catch((error: unknown) => {
    if (error instanceof FhirError && error.issues[0]?.code === 'too-costly') return error;
    throw error;
  });
  if (page instanceof FhirError) return page.message;
  const names = (found: typeof page.matches) => found.map((one) => `${one.type}/${one.id}`);
  return {
    matches: names(page.matches),
    included: names(page.included).sort(),
    total: page.total,
    more: !!page.next,
    isCut: page.isCut,
  };
}

test('A type that is only read is neither searched through nor brought by _revinclude, but brought by _include', async () => {
  const scope = 'system/Observation.rs system/Patient.r';
  const [observation] = await whole.find('Observation', 'subject:Patient.active:missing=false');
  assert.ok(observation);
  assert.deepEqual(await whole.find('Observation', 'subject:Patient.active:missing=false', { scope }), []);
  const page = await whole.page('Observation', `_id=${observation}&_include=Observation:subject`, { scope });
  assert.equal(page.included.length, 1);
  const organizations = { scope: 'system/Organization.rs system/Patient.r' };
  const pointed = await whole.find('Organization', '_has:Patient:organization:active:missing=false');
  assert.ok(pointed.length > 0);
  const through = '_has:Patient:organization:active:missing=false';
  assert.deepEqual(await whole.find('Organization', through, organizations), []);
  assert.deepEqual((await whole.page('Organization', '_revinclude=Patient:organization', organizations)).included, []);
});

test('A type that is not open is included by nothing', async () => {
  const scope = 'system/Observation.rs';
  const page = await whole.page('Observation', '_include=Observation:subject&_include=Observation:performer', {
    scope,
  });
  assert.deepEqual(page.included, []);
  const patients = await whole.page('Patient', '_revinclude=Observation:patient', { scope: 'system/Patient.rs' });
  assert.deepEqual(patients.included, []);
});

test('A filter with a chain in it opens nothing', async () => {
  const [chain] = permitted('Observation', 'subject:Patient.active=true').interaction.query.criteria;
  assert.ok(chain);
  const rule: AccessRule = { opens: [{ type: 'Observation', letters: ['r', 's'], criteria: [chain] }] };
  assert.deepEqual(await idsUnder(rule, 'Observation', ''), []);
});

test('Under the compartment of a patient only what lies in it is found, joined, included and counted', async () => {
  const patient = resources.find((one) => one.resourceType === 'Observation' && one.subject)?.subject;
  const [, id = ''] = String((patient as { reference?: string }).reference).split('/');
  const compartment = { type: 'Patient', id } as const;
  const rule: AccessRule = { opens: [{ type: '*', letters: ['r', 's'], compartment, criteria: [] }] };
  const expected = await whole.find('Observation', `patient=${id}&_count=1000`);
  assert.ok(expected.length > 0);
  assert.deepEqual((await idsUnder(rule, 'Observation', '')).sort(), expected.sort());
  assert.deepEqual(await idsUnder(rule, 'Patient', ''), [id]);
  assert.deepEqual(await idsUnder(rule, 'Patient', '_has:Observation:patient:code:missing=false'), [id]);
  assert.deepEqual(await idsUnder(rule, 'Organization', '_has:Patient:organization:active:missing=false'), []);
  assert.deepEqual((await idsUnder(rule, 'Observation', 'patient.active:missing=false')).sort(), expected.sort());
  for (const through of [
    'patient.organization.name:missing=false',
    'patient._has:RiskAssessment:subject:patient.organization.name:missing=false',
    'patient.organization:Organization._has:Patient:organization:active:missing=false',
    '_has:Observation:has-member:performer:Organization.name:missing=false',
  ]) {
    assert.ok((await whole.find('Observation', through)).length > 0, through);
    assert.deepEqual(await idsUnder(rule, 'Observation', through), [], `${through} goes through what is not open`);
  }
  const { query } = permitted('Observation', '_include=Observation:subject').interaction;
  const row: Row = { site: whole.site, rule, type: 'Observation', alias: 'x' };
  const all = await whole.database.searches.query<FoundRow>(
    sql`select ${foundColumns} from ${table(whole.site, 'res')} r`,
  );
  const { included: brought } = await included(
    whole.database.searches,
    row,
    query,
    all.filter((found) => found.tk === 96).slice(0, 60),
  );
  assert.ok(brought.every((one) => one.type === 'Patient' && one.id === id));
  const matches = await matchesOf(whole.database.searches, row, query, true);
  assert.equal((await totalOf(whole.database.searches, matches, 'estimate')).total, expected.length);
});

/** The permits do not make rules with a compartment yet: this asks as `search` does, below the permit. */
async function idsUnder(rule: AccessRule, type: string, text: string): Promise<string[]> {
  const { query } = permitted(type, text).interaction;
  const row: Row = { site: whole.site, rule, type, alias: 'x' };
  const { conditions } = await matchesOf(whole.database.searches, row, query, false);
  const rows = await whole.database.searches.query<{ id: string }>(sql`select r.id from ${table(whole.site, 'sx')} x
    join ${table(whole.site, 'res')} r on r.rid = x.rid where ${and(conditions)}`);
  return rows.map(({ id }) => id);
}

test('Many searches resolve to at most two ids each, under the rule of each', async () => {
  const texts = Array.from({ length: 60 }, () => {
    const type = r.pick(['Patient', 'Organization'] as const);
    return [
      type,
      r() < 0.7
        ? `identifier=${encodeURIComponent(r.pick(['a', 'urn:s|b', '|c', 'urn:t|', 'a,b', "c'd"]))}`
        : `_id=r4,r8`,
    ] as const;
  });
  const scopes = ['system/*.rs', 'system/Patient.rs?active=true system/Organization.rs'];
  const asked = texts.map(([type, text], i) => permitted(type, text, { scope: scopes[i % 2] ?? '' }));
  const found = await resolve(whole.database.searches, whole.site, asked);
  assert.equal(found.length, asked.length);
  for (const [i, [type, text]] of texts.entries()) {
    const all = await whole.find(type, `${text}&_count=1000`, { scope: scopes[i % 2] ?? '' });
    assert.equal(found[i]?.length, Math.min(2, all.length), `${type}?${text}`);
    assert.ok(found[i]?.every((id) => all.includes(id)));
  }
  assert.deepEqual(await resolve(whole.database.searches, whole.site, []), []);
});

test('More resources than a page may include are refused with what to do', async () => {
  const organization: Resource = { resourceType: 'Organization', id: 'hub', name: 'Hub' };
  const patients = Array.from({ length: 1001 }, (_, i): Resource => {
    return { resourceType: 'Patient', id: `spoke${i}`, managingOrganization: { reference: 'Organization/hub' } };
  });
  await whole.put([organization, ...patients]);
  await assert.rejects(whole.page('Organization', '_id=hub&_revinclude=Patient:organization'), /1000.*_count/);
  await whole.remove('Patient', 'spoke1');
  const page = await whole.page('Organization', '_id=hub&_revinclude=Patient:organization');
  assert.equal(page.included.length, 1000);
});

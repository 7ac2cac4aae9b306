import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FhirError, parseScope, type Resource, resourceTypes } from '@chartgate/fhir';
import type { Interaction } from '../../packages/server/src/access/interaction.ts';
import { isDenied, permit } from '../../packages/server/src/access/permit.ts';
import { typeRule } from '../../packages/server/src/access/type-rule.ts';
import { type ChartServer, chartServer, grantOf } from '../../packages/server/src/testing/chart-server.ts';
import { content } from '../../packages/server/src/testing/permits.ts';
import { compartmentPaths, pathsOf, withReference } from './resource.testing.ts';

/** Every resource type, with every interaction, asked by a token of patient a about what is b's. */

let chart: ChartServer;
before(async () => {
  chart = await chartServer();
  for (const type of resourceTypes) {
    await chart.put(owned(type, 'a', 'of-a'));
    await chart.put(owned(type, 'b', 'of-b'));
    await chart.put(owned(type, 'b', 'of-b'));
  }
});
after(() => chart.close());

const ofA = grantOf(parseScope('patient/*.cruds').scopes, { patient: 'patient-a' });
const ofAll = grantOf(parseScope('system/*.cruds').scopes);

/** A resource that belongs to the patient by every way there is. */
function owned(type: string, patient: string, id: string): Resource & { readonly id: string } {
  const rule = typeRule(type);
  const reference = `Patient/patient-${patient}`;
  const own = type === 'Patient' ? `patient-${patient}` : id;
  if (rule?.kind === 'binary') {
    return { resourceType: type, id: own, contentType: 'text/plain', securityContext: { reference } };
  }
  const paths = rule?.kind === 'parameter' ? pathsOf(type, rule.parameter) : compartmentPaths(type);
  const bare: Resource & { readonly id: string } = { resourceType: type, id: own };
  return paths.reduce((resource, path) => withReference(resource, path, reference), bare);
}

const idOf = (type: string, id: string) => (type === 'Patient' ? id.replace('of', 'patient') : id);

const kindOf = (type: string) => typeRule(type)?.kind ?? 'none';

/** Ways to ask for one resource, all of which tell nothing of a hidden one. */
const asking: Readonly<Record<string, (type: string, id: string) => { path: string; method?: 'HEAD' | 'GET' }>> = {
  read: (type, id) => ({ path: `${type}/${id}` }),
  'read by HEAD': (type, id) => ({ path: `${type}/${id}`, method: 'HEAD' }),
  vread: (type, id) => ({ path: `${type}/${id}/_history/1` }),
  'vread of the current version': (type, id) => ({ path: `${type}/${id}/_history/2` }),
  'history-instance': (type, id) => ({ path: `${type}/${id}/_history` }),
  'search-type by id': (type, id) => ({ path: `${type}?_id=${id}` }),
  'search-type, counted': (type, id) => ({ path: `${type}?_id=${id}&_summary=count` }),
  'search-type with a total': (type, id) => ({ path: `${type}?_id=${id}&_total=accurate&_count=1` }),
  'search-system by id': (type, id) => ({ path: `?_type=${type}&_id=${id}` }),
  'history by $meta': (type, id) => ({ path: `${type}/${id}/$meta` }),
};

for (const type of resourceTypes) {
  const kind = kindOf(type);

  test(`attack 44: a patient/ token of a sees no ${type} of b (${kind})`, async () => {
    if (kind === 'shared') return;
    const hidden = idOf(type, 'of-b');
    for (const [what, ask] of Object.entries(asking)) {
      const seen = await chart.ask(ask(type, hidden), ofA);
      const absent = await chart.ask(ask(type, 'absent'), ofA);
      assert.equal(seen.status, absent.status, what);
      assert.equal(seen.text.replaceAll(hidden, '*'), absent.text.replaceAll('absent', '*'), what);
      assert.ok(!/"total":[1-9]/.test(seen.text), what);
    }
    for (const path of [
      type,
      `Patient/patient-b/${type}`,
      `${type}/_history`,
      `${type}?_has:Provenance:target:_id=of-b`,
    ]) {
      const { text } = await chart.ask(path, ofA);
      assert.doesNotMatch(text, /"id":"(of|patient)-b"|Patient\/patient-b"/, path);
    }
  });

  test(`attack 44: a patient/ token of a changes no ${type} of b and makes none (${kind})`, async () => {
    const hidden = idOf(type, 'of-b');
    const foreign = content(owned(type, 'b', 'of-b'));
    const before = (await chart.ask(`${type}/${hidden}`, ofAll)).text;
    await refused({ code: 'create', type, content: foreign }, 'new-of-b');
    await refused({ code: 'update', type, id: hidden, content: foreign });
    await refused({ code: 'update', type, id: hidden, content: content(owned(type, 'a', hidden)) });
    await refused({ code: 'update', type, id: hidden, content: content(owned(type, 'a', hidden)), ifMatch: ['2'] });
    await refused({ code: 'delete', type, id: hidden });
    assert.equal((await chart.ask(`${type}/${hidden}`, ofAll)).text, before);
    assert.equal((await chart.ask(`${type}/new-of-b`, ofAll)).status, 404);
  });
}

/** Denied, refused, or, for a delete, without an effect. */
async function refused(
  interaction: Extract<Interaction, { code: 'create' | 'update' | 'delete' }>,
  id = '',
): Promise<void> {
  const write = async () => {
    switch (interaction.code) {
      case 'create': {
        const permitted = permit(ofA, interaction);
        return isDenied(permitted) ? undefined : chart.store.write([{ kind: 'create', permitted, id }]);
      }
      case 'update': {
        const permitted = permit(ofA, interaction);
        const { type, content } = interaction;
        const createPermitted = permit(ofA, { code: 'create', type, content });
        if (isDenied(permitted) || isDenied(createPermitted)) return undefined;
        return chart.store.write([{ kind: 'update', permitted, createPermitted }]);
      }
      case 'delete': {
        const permitted = permit(ofA, interaction);
        return isDenied(permitted) ? undefined : chart.store.write([{ kind: 'delete', permitted }]);
      }
      default:
        return interaction satisfies never;
    }
  };
  try {
    const written = await write();
    assert.ok(written === undefined || written[0]?.version === 0, `${interaction.code} changed something`);
  } catch (error) {
    assert.ok(error instanceof FhirError && [403, 404, 412].includes(error.status), String(error));
  }
}

test('what is a’s own is there: the matrix is not empty', async () => {
  for (const type of resourceTypes) {
    const { status } = await chart.ask(`${type}/${idOf(type, 'of-a')}`, ofA);
    const isSeen = ['compartment', 'parameter', 'binary', 'shared'].includes(kindOf(type));
    assert.equal(status === 200, isSeen, `${type}: ${status}`);
  }
});

test('every resource type of R4 has its row in the table, and no other', () => {
  assert.deepEqual(
    resourceTypes.filter((type) => typeRule(type) === undefined),
    [],
  );
  assert.equal(typeRule('Resource'), undefined);
  assert.equal(typeRule('NewInRelease5'), undefined);
});

test('each type that R4 puts into the compartment of a patient opens by it, or the table says why not', () => {
  const inCompartment = resourceTypes.filter((type) => type === 'Patient' || compartmentPaths(type).length > 0);
  assert.deepEqual(
    inCompartment.filter((type) => kindOf(type) !== 'compartment'),
    ['Group'],
  );
  const opened = resourceTypes.filter((type) => kindOf(type) === 'compartment');
  assert.deepEqual(
    opened.filter((type) => !inCompartment.includes(type)),
    [],
  );
});

test('a shared type is read by all and written by system/ scopes alone', async () => {
  for (const type of resourceTypes.filter((one) => kindOf(one) === 'shared')) {
    for (const code of ['create', 'update', 'delete'] as const) {
      const interaction = {
        code,
        type,
        id: 'of-b',
        content: content({ resourceType: type, id: 'of-b' }),
      } as Interaction;
      assert.ok(isDenied(permit(ofA, interaction)), `${code} ${type}`);
      const staff = grantOf(parseScope('user/*.cruds').scopes, {
        user: { reference: 'Practitioner/of-a', opens: 'site' },
      });
      assert.ok(isDenied(permit(staff, interaction)), `${code} ${type} by staff`);
    }
  }
});

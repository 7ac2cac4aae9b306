import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { soleGate } from '../testing/gate.ts';
import { sweep } from './sweep.ts';

let now = Date.UTC(2026, 0, 10);
const { node, close } = await soleGate({ now: () => now });
after(close);
const { audit } = node.gate;
const store = (await node.gate.site('default'))!.store;

test('the audit is kept for ever, until a retention is set; then whole months go and the rest stays intact', async () => {
  const actions = async () => (await store.audit.list({}, 100)).rows.map(({ action }) => action);
  await audit.record('default', { act: 'signed-out' });
  now = Date.UTC(2026, 2, 15);
  await audit.record('default', { act: 'signed-in', amr: ['pwd'] });
  await sweep(node.gate);
  assert.deepEqual(await actions(), ['signed-in', 'signed-out']);
  await store.settings.put({ audit_retention: 60 }, now);
  (await node.gate.site('default'))!.forget({ settings: true });
  await sweep(node.gate);
  assert.deepEqual(await actions(), ['signed-in', 'signed-out'], 'a part of the month is younger');
  now = Date.UTC(2026, 3, 5);
  await sweep(node.gate);
  assert.deepEqual(await actions(), ['signed-in']);
  await audit.record('default', { act: 'signed-out' });
  const { firstBreak, rows } = await audit.verify('default');
  assert.deepEqual([firstBreak, rows], [undefined, 2]);
});

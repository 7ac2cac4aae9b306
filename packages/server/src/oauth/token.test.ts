import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { newKeyPair, signAssertion, soleGate } from '../testing/gate.ts';
import { authenticateBearer } from './bearer.ts';

const { node, close } = await soleGate();
after(close);

for (const alg of ['RS384', 'ES384'] as const) {
  test(`an approved client gets a token of 300 s by an ${alg} assertion`, async () => {
    const key = newKeyPair(alg);
    const client = await node.approvedClient([key]);
    const answer = await node.requestToken(signAssertion(client.client_id, key));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers.pragma, 'no-cache');
    const { access_token, ...rest } = answer.json;
    assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 300, scope: 'system/Patient.rs' });
    const grant = await authenticateBearer(node.gate, `Bearer ${access_token}`, 'default');
    assert.equal(grant.clientId, client.client_id);
    assert.deepEqual(
      grant.scopes.map((scope) => scope.text),
      ['system/Patient.rs'],
    );
  });
}

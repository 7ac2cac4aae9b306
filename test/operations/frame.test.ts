import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let token: string;
before(async () => {
  server = await runningServer();
  token = await server.token('system/*.cruds');
});
after(() => server.close());

test('an operation that is not there is a 404 on every level, by GET and POST', async () => {
  for (const path of ['$nothing', 'Patient/$nothing', 'Patient/1/$nothing', 'Thing/$nothing']) {
    for (const method of ['GET', 'POST']) {
      const answer = await server.ask(path, token, { method });
      assert.equal(answer.status, 404, `${method} ${path}`);
      const outcome = (await answer.json()) as { issue: { code: string }[] };
      assert.equal(outcome.issue[0]?.code, 'not-supported');
    }
  }
});

test('an operation needs a token before anything of it is looked at', async () => {
  assert.equal((await server.ask('$nothing', undefined)).status, 401);
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { runningServer } from '../support/running-server.ts';

const mails: string[] = [];
const heard = new Set<() => void>();
const smtp = new SMTPServer({
  disabledCommands: ['STARTTLS'],
  allowInsecureAuth: true,
  onAuth: ({ username, password }, _session, done) => {
    if (username === 'clinic' && password === 'mail word') done(null, { user: username });
    else done(new Error('No'));
  },
  onData: (stream, _session, done) => {
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    stream.on('end', () => {
      mails.push(text.replaceAll('=\r\n', '').replaceAll('=3D', '='));
      for (const hear of heard) hear();
      done();
    });
  },
});
smtp.listen(0, '127.0.0.1');
await once(smtp.server, 'listening');
const { port } = smtp.server.address() as AddressInfo;

const server = await runningServer({
  smtpUrl: `smtp://clinic:mail%20word@127.0.0.1:${port}`,
  mailFrom: 'clinic@chart.example',
});
after(async () => {
  await server.close();
  smtp.close();
});

const account = `${server.url}/apis/default/account`;
const post = (path: string, body: object) =>
  fetch(`${account}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** The token in the next mail that comes. */
async function nextToken(): Promise<string> {
  while (mails.length === 0) await new Promise<void>((hear) => heard.add(hear));
  const token = mails.shift()?.match(/\?token=([\w-]{43})/)?.[1];
  assert.ok(token, 'a mail with a link');
  return token;
}

test('from sign-up to sign-in, a new password and the end, by API and mail alone', async () => {
  const password = 'nine brown foxes';
  assert.equal((await post('', { user_name: 'ada', email: 'ada@mail.example', password })).status, 202);
  assert.equal((await post('/verify', { token: await nextToken(), password })).status, 200);
  const signIn = async (word: string) => {
    const answer = await post('/sessions', { username: 'ada@mail.example', password: word });
    return { status: answer.status, token: ((await answer.json()) as { session_token: string }).session_token };
  };
  const { status, token } = await signIn(password);
  assert.equal(status, 201);
  const me = (bearer: string) => fetch(`${account}/me`, { headers: { authorization: `Bearer ${bearer}` } });
  assert.equal((await me(token)).status, 200);
  assert.equal((await post('/password-reset', { username: 'ada' })).status, 202);
  const fresh = 'ten grey herons';
  assert.equal((await post('/password-reset/confirm', { token: await nextToken(), password: fresh })).status, 204);
  assert.equal((await me(token)).status, 401);
  assert.deepEqual([(await signIn(password)).status, (await signIn(fresh)).status], [401, 201]);
});

test('attack 43: neither a mailed token nor a password nor an address is in the log', () => {
  const text = server.log.join('\n');
  assert.match(text, /\/apis\/:site\/account\/verify/);
  assert.doesNotMatch(text, /token=|foxes|herons|ada@|mail word/);
});

test('a server without a demo shows no accounts and no mailbox', async () => {
  assert.doesNotMatch(await (await fetch(server.url)).text(), /demo/i);
  assert.equal((await post('/sessions', { username: 'demo-patient', password: 'anything at all' })).status, 401);
});

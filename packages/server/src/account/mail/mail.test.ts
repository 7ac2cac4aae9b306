import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { easyAccounts, mailsTo, newAccount, TestBrowser, testPassword } from '../../testing/accounts.ts';
import { soleGate, testGate } from '../../testing/gate.ts';
import { deliverDue, type Transport } from './deliver.ts';
import { sealMail } from './outbox.ts';
import { smtpTransport } from './smtp.ts';

let now = Date.now();
const errors: string[] = [];
const log = { error: (cause: unknown, message: string) => void errors.push(`${cause} ${message}`) };
const { test: database, node, close } = await soleGate({ config: { accounts: easyAccounts }, now: () => now, log });
after(close);

type Received = { readonly from: string; readonly to: readonly string[]; readonly text: string };
const received: Received[] = [];
let refuseWith: number | undefined;
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onRcptTo: (_address, _session, done) => {
    done(refuseWith === undefined ? undefined : Object.assign(new Error('No'), { responseCode: refuseWith }));
  },
  onData: (stream, session, done) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const { mailFrom, rcptTo } = session.envelope;
      const from = mailFrom ? mailFrom.address : '';
      received.push({ from, to: rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString() });
      done();
    });
  },
});
server.listen(0, '127.0.0.1');
await once(server.server, 'listening');
after(() => server.close());
const { port } = server.server.address() as AddressInfo;
const transport = smtpTransport({ url: `smtp://127.0.0.1:${port}`, from: 'clinic@chart.example' });

const send = (to: string) => node.gate.mailer.send('default', { to, subject: 'A letter', text: 'Dear you,\n\nGrüße.' });

async function rows(): Promise<readonly { recipient: string; content: Buffer | null; subject: string }[]> {
  return database.database.reads.query({
    text: `select recipient, content, subject from "${database.site.schema}".outbox order by n`,
    values: [],
  });
}

test('a mail is delivered once to a real mail server, and its text is forgotten then', async () => {
  await send('ada@mail.example');
  assert.equal(await deliverDue(node.gate, transport), 1);
  assert.equal(await deliverDue(node.gate, transport), 0);
  const [mail] = received.splice(0);
  assert.deepEqual([mail?.from, mail?.to], ['clinic@chart.example', ['ada@mail.example']]);
  assert.match(mail?.text ?? '', /^From: clinic@chart\.example\r$/m);
  assert.match(mail?.text ?? '', /^To: ada@mail\.example\r$/m);
  assert.match(mail?.text ?? '', /^Subject: A letter\r$/m);
  assert.match(mail?.text ?? '', /^Auto-Submitted: auto-generated\r$/m);
  assert.match(mail?.text ?? '', /Gr=C3=BC=C3=9Fe\./);
  assert.equal((await rows()).at(-1)?.content, null);
});

test('what a sign-up causes is delivered like any other mail', async () => {
  const body = { user_name: 'smtp', email: 'smtp@mail.example', password: 'nine brown foxes' };
  await node.postJson('/apis/default/account', body);
  await deliverDue(node.gate, transport);
  const text = received.splice(0)[0]?.text.replaceAll('=\r\n', '').replaceAll('=3D', '=') ?? '';
  assert.match(text, /https:\/\/clinic\.example\/oauth2\/default\/verify\?token=[\w-]{43}/);
});

test('the outbox holds no text that a copy of the database could be read by', async () => {
  const owner = await newAccount(node);
  await node.postJson('/apis/default/account/password-reset', { username: owner.userName });
  const { content, recipient } = (await rows()).at(-1)!;
  assert.equal(recipient, owner.email);
  assert.doesNotMatch(content?.toString('latin1') ?? 'token=', /token=|Hello/);
  await deliverDue(node.gate, transport);
  received.splice(0);
});

test('a mail server that is away is tried again, later and later', async () => {
  await send('again@mail.example');
  const away: Transport = smtpTransport({ url: 'smtp://127.0.0.1:1', from: 'clinic@chart.example' });
  const pauses: number[] = [];
  for (let tries = 0; tries < 4; tries++) {
    const before = now;
    const asked = errors.length;
    while (errors.length === asked) {
      await deliverDue(node.gate, away);
      if (errors.length === asked) now += 10_000;
    }
    pauses.push(Math.round((now - before) / 10_000) * 10);
  }
  assert.deepEqual(pauses, [0, 60, 120, 240]);
  now += 3600_000;
  assert.equal(await deliverDue(node.gate, transport), 1);
  assert.equal(received.splice(0).length, 1);
  for (const error of errors.splice(0)) assert.doesNotMatch(error, /again@|Gr/, 'the log holds no address');
});

test('a refusal for now is tried again, a refusal for good is not', async () => {
  refuseWith = 450;
  await send('greylisted@mail.example');
  assert.equal(await deliverDue(node.gate, transport), 0);
  now += 3600_000;
  refuseWith = undefined;
  assert.equal(await deliverDue(node.gate, transport), 1);
  refuseWith = 550;
  await send('gone@mail.example');
  assert.equal(await deliverDue(node.gate, transport), 0);
  refuseWith = undefined;
  now += 3600_000;
  assert.equal(await deliverDue(node.gate, transport), 0);
  assert.deepEqual(
    received.splice(0).map(({ to }) => to[0]),
    ['greylisted@mail.example'],
  );
  errors.splice(0);
});

test('two nodes deliver each mail once', async () => {
  const other = await testGate(database, { config: { accounts: easyAccounts }, now: () => now });
  const second = await other.gate.site('default');
  const mails = Array.from({ length: 10 }, (_, i) => ({ to: `n${i}@mail.example`, subject: 'One', text: 'One.' }));
  for (const mail of mails) await second?.store.outbox.put(sealMail(node.gate, mail));
  const [one, two] = await Promise.all([deliverDue(node.gate, transport), deliverDue(other.gate, transport)]);
  assert.equal(one + two, 10);
  assert.equal(new Set(received.splice(0).map(({ to }) => to[0])).size, 10);
  await other.close();
});

test('nothing that is more than one line gets into the head of a mail', async () => {
  for (const [to, subject] of [
    ['a@mail.example\r\nBcc: b@mail.example', 'x'],
    ['a@mail.example', 'x\nBcc: b@mail.example'],
    ['a@mail.example', 'x\u2028y'],
  ] as const) {
    await assert.rejects(node.gate.mailer.send('default', { to, subject, text: 'x' }), TypeError);
  }
  const evil = 'a@mail.example\r\nBcc: b@mail.example';
  const body = { user_name: 'evil', email: evil, password: 'nine brown foxes' };
  assert.equal((await node.postJson('/apis/default/account', body)).status, 400);
  // the transport alone would not do it either
  await transport.deliver({ to: evil, subject: 'x\r\nBcc: c@mail.example', text: 'x' }).catch(() => {});
  const heads = received.splice(0).map(({ text }) => text.split('\r\n\r\n')[0] ?? '');
  for (const head of heads) assert.doesNotMatch(head, /^Bcc:/m);
});

test('a URL or an address that cannot be used is refused at once', () => {
  assert.throws(() => smtpTransport({ url: 'https://mail.example', from: 'clinic@chart.example' }));
  assert.throws(() => smtpTransport({ url: 'smtp://mail.example', from: 'nobody' }));
});

test('the mailbox is for administrators of a demonstration, and for nobody else', async () => {
  const administrator = await newAccount(node, { role: 'administrator' });
  const patient = await newAccount(node);
  await send('seen@mail.example');
  const browser = new TestBrowser(node);
  assert.equal((await browser.open('/mailbox')).status, 303);
  await browser.signIn(patient.userName);
  assert.equal((await browser.open('/mailbox')).status, 404);
  await browser.signIn(administrator.userName);
  const { status, html } = await browser.open('/mailbox');
  assert.equal(status, 200);
  assert.match(html, /to seen@mail\.example/);
  assert.equal((await mailsTo(node, 'seen@mail.example')).length, 1);
  for (const [{ userName }, status] of [
    [administrator, 200],
    [patient, 401],
  ] as const) {
    const { json } = await node.postJson('/apis/default/account/sessions', {
      username: userName,
      password: testPassword,
    });
    assert.equal((await node.get('/apis/default/admin/mailbox', json.session_token)).status, status);
  }

  const real = await testGate(database, { config: { accounts: { ...easyAccounts, mailbox: false } }, now: () => now });
  assert.equal((await real.get('/apis/default/admin/mailbox', real.adminToken)).status, 404);
  const there = new TestBrowser(real);
  await there.signIn(administrator.userName);
  assert.equal((await there.open('/mailbox')).status, 404);
  await real.close();
});

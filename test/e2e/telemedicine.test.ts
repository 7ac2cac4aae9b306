import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { run } from '../support/command.ts';
import { mailServer } from '../support/mail-server.ts';
import { otherOrigin } from '../support/pages.ts';
import { type RunningServer, runningServer } from '../support/running-server.ts';

const story = (server: RunningServer, environment: NodeJS.ProcessEnv = {}) =>
  run('http/telemedicine.sh', [server.url], { CHARTGATE_DATA: server.dataDirectory, ...environment });

function assertTold({ code, stdout, stderr }: Awaited<ReturnType<typeof story>>): void {
  assert.equal(code, 0, stderr);
  const record = JSON.parse(stdout);
  assert.deepEqual([record.resourceType, record.name[0].family], ['Patient', 'Lund']);
  for (const told of [
    /the client is approved/,
    /"status":"linked"/,
    /back in the app: com\.example\.telemed:\/callback/,
    /invalid_grant/,
    /the browser is asked to sign in/,
    /lets the app in anew/,
  ]) {
    assert.match(stderr, told);
  }
}

test('the telemedicine story by curl and openssl, against a demo server, twice', async () => {
  const server = await runningServer({ demo: true });
  after(server.close);
  assertTold(await story(server));
  assertTold(await story(server));
});

test('the telemedicine story with mail that a mail server brought', async () => {
  const smtp = await mailServer();
  const server = await runningServer({ smtpUrl: smtp.url, mailFrom: 'clinic@chart.example' });
  const mailbox = await otherOrigin((_request, answer) => answer.end(JSON.stringify({ messages: smtp.mails })));
  after(async () => {
    mailbox.close();
    await server.close();
    smtp.close();
  });
  assertTold(await story(server, { MAILBOX: mailbox.url }));
  await smtp.received(5);
  assert.deepEqual(
    smtp.mails.map(({ subject }) => subject.replace(/ \(.*/, '')),
    [
      'Your password was changed',
      'Choose a new password',
      'Your account opens a record now',
      'Your code from the clinic',
      'Confirm your e-mail address',
    ],
  );
  const log = server.log.join('\n');
  assert.doesNotMatch(log, /foxes|herons|@mail\.example|Lund|token=/);
});

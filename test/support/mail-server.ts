import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export type ReceivedMail = { readonly to: string; readonly subject: string; readonly text: string };

/** A mail server of this machine that keeps what it gets, the newest first. */
export async function mailServer() {
  const mails: ReceivedMail[] = [];
  const heard = new Set<() => void>();
  const smtp = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, session, done) => {
      let raw = '';
      stream.on('data', (chunk: Buffer) => {
        raw += chunk;
      });
      stream.on('end', () => {
        const [head = '', ...body] = raw.split('\r\n\r\n');
        const subject = /^Subject: (.*(?:\r\n .*)*)/m.exec(head)?.[1]?.replaceAll('\r\n', '') ?? '';
        const text = body.join('\n\n').replaceAll('=\r\n', '').replaceAll('=3D', '=').replaceAll('\r\n', '\n');
        for (const { address } of session.envelope.rcptTo) mails.unshift({ to: address, subject, text });
        for (const hear of heard) hear();
        done();
      });
    },
  });
  smtp.listen(0, '127.0.0.1');
  await once(smtp.server, 'listening');
  const { port } = smtp.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails: mails as readonly ReceivedMail[],
    /** Resolves once so many have come. */
    received: (count: number) =>
      new Promise<void>((done) => {
        const hear = () => mails.length >= count && done();
        heard.add(hear);
        hear();
      }),
    close: () => smtp.close(),
  };
}

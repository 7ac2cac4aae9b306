import { resolve } from 'node:path';
import type { ServeOptions, Serving } from '@chartgate/server';
import { type CommandDefinition, hasOption, type Options, textOption } from '../command.ts';
import { usage } from '../failure.ts';
import { type Io, say } from '../io.ts';

/** `serve`: runs until Ctrl-C or SIGTERM, then stops cleanly; the second of them forces the end. */
export const command: CommandDefinition = {
  examples: [
    ['serve', 'on port 8080, data in ./.chartgate, with its own PostgreSQL'],
    ['serve --demo --port 9090', 'with 50 synthetic patients'],
    ['serve --database-url postgres://user@host/db --public-url https://chart.example', 'behind a proxy'],
  ],
  configure: (command) =>
    command
      .option('--port <number>', 'port to listen on (else PORT, else 8080)')
      .option('--data <folder>', 'data directory (else CHARTGATE_DATA, else ./.chartgate)')
      .option('--database-url <url>', 'PostgreSQL 15 or newer to use (else DATABASE_URL, else the bundled one)')
      .option('--public-url <url>', 'address that clients see (Default: http://localhost:PORT)')
      .option('--validation <mode>', 'what a write must meet: structure, profiles or off (Default: structure)')
      .option('--smtp-url <url>', 'mail server (else CHARTGATE_SMTP_URL, where a password is safer; else mail is kept)')
      .option('--mail-from <address>', 'address that mail comes from (else CHARTGATE_MAIL_FROM)')
      .option('--demo', 'load 50 synthetic patients into an empty server, and show accounts to sign in with'),
  async run(io, _args, options) {
    const asked = serveOptions(io, options);
    const { serve } = await import('@chartgate/server');
    const served = await serve(asked);
    say(io, ...greeting(io, served, asked.dataDirectory));
    await aborted(io.signal);
    say(io, 'Stopping. Once more forces it.');
    await served.close();
    return 0;
  },
};

function serveOptions(io: Io, options: Options): ServeOptions {
  const port = Number(textOption(options, 'port') ?? (io.env.PORT || 8080));
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw usage('--port is a number from 0 to 65535.');
  const databaseUrl = textOption(options, 'databaseUrl') ?? (io.env.DATABASE_URL || undefined);
  const publicUrl = textOption(options, 'publicUrl')?.replace(/\/+$/, '');
  if (publicUrl !== undefined && !/^https?:\/\/[^/]/.test(publicUrl))
    throw usage('--public-url is an address such as https://chart.example');
  const smtpUrl = textOption(options, 'smtpUrl') ?? (io.env.CHARTGATE_SMTP_URL || undefined);
  const mailFrom = textOption(options, 'mailFrom') ?? (io.env.CHARTGATE_MAIL_FROM || undefined);
  if (smtpUrl !== undefined && mailFrom === undefined) throw usage('--smtp-url needs --mail-from.');
  const validation = validationMode(textOption(options, 'validation'));
  return {
    port,
    ...(validation ? { validation } : {}),
    dataDirectory: resolve(io.cwd, textOption(options, 'data') ?? (io.env.CHARTGATE_DATA || '.chartgate')),
    ...(databaseUrl ? { databaseUrl } : {}),
    ...(publicUrl ? { publicUrl } : {}),
    ...(smtpUrl && mailFrom ? { smtpUrl, mailFrom } : {}),
    demo: hasOption(options, 'demo'),
    log: (line) => void io.stderr.write(`${line.trimEnd()}\n`),
  };
}

function validationMode(text: string | undefined): ServeOptions['validation'] {
  if (text === undefined || text === 'structure' || text === 'profiles' || text === 'off') return text;
  throw usage('--validation is structure, profiles or off.');
}

function greeting(
  io: Io,
  { url, credentialFile, demoPatients, demoAccounts }: Serving,
  data: string,
): readonly string[] {
  const { bold, cyan } = io.colour;
  const demo = demoPatients > 0 ? [`  Demo              ${demoPatients} synthetic patients were loaded`] : [];
  const accounts = demoAccounts.map(({ userName, password, what }) => `  ${userName.padEnd(20)}${password}  (${what})`);
  // Commands on this machine look for the credential in ./.chartgate, unless told otherwise.
  const elsewhere = data !== resolve(io.cwd, '.chartgate') && !io.env.CHARTGATE_DATA;
  return [
    '',
    bold(`Chartgate is up: ${url}`),
    `  FHIR base         ${url}/apis/default/fhir`,
    `  SMART discovery   ${url}/apis/default/fhir/.well-known/smart-configuration`,
    `  Administrator     ${credentialFile} (only its owner can read it)`,
    ...demo,
    ...(accounts.length > 0 ? ['', `To sign in at ${url}/oauth2/default/sign-in:`, ...accounts] : []),
    '',
    'Next, in a second shell, the five steps from nothing to a patient:',
    `  ${cyan(`npx chartgate connect ${url}`)}`,
    ...(elsewhere ? ['and before what needs the administrator:', `  ${cyan(`export CHARTGATE_DATA=${data}`)}`] : []),
    '',
  ];
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
}

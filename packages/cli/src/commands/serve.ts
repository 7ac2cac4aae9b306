import { resolve } from 'node:path';
import { type CommandDefinition, hasOption, type Options, textOption } from '../command.ts';
import { usage } from '../failure.ts';
import { type Io, say } from '../io.ts';

/** What `@chartgate/server` is asked for. */
export type ServeOptions = {
  readonly port: number;
  readonly dataDirectory: string;
  readonly databaseUrl?: string;
  readonly publicUrl?: string;
  readonly demo: boolean;
  readonly log: (line: string) => void;
};

/** A server that runs. `lines` are what it would have people read first. */
export type Served = { readonly url: string; readonly lines?: readonly string[]; readonly close: () => Promise<void> };

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
      .option('--demo', 'load 50 synthetic patients into an empty server'),
  async run(io, _args, options) {
    const asked = serveOptions(io, options);
    const { serve } = (await import('@chartgate/server')) as unknown as {
      readonly serve: (options: ServeOptions) => Promise<Served>;
    };
    const served = await serve(asked);
    say(io, ...(served.lines ?? greeting(io, served.url, asked.dataDirectory)));
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
  return {
    port,
    dataDirectory: resolve(io.cwd, textOption(options, 'data') ?? (io.env.CHARTGATE_DATA || '.chartgate')),
    ...(databaseUrl ? { databaseUrl } : {}),
    ...(publicUrl ? { publicUrl } : {}),
    demo: hasOption(options, 'demo'),
    log: (line) => void io.stderr.write(`${line.trimEnd()}\n`),
  };
}

function greeting(io: Io, url: string, data: string): readonly string[] {
  const { bold, cyan } = io.colour;
  return [
    '',
    bold(`Chartgate is up: ${url}`),
    `  FHIR base         ${url}/apis/default/fhir`,
    `  SMART discovery   ${url}/apis/default/fhir/.well-known/smart-configuration`,
    `  Administrator     ${resolve(data, 'admin.json')} (only its owner can read it)`,
    '',
    'Next, in a second shell, the five steps from nothing to a patient:',
    `  ${cyan(`npx chartgate connect ${url}`)}`,
    '',
  ];
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
}

import { Command, CommanderError } from 'commander';
import type { CommandDefinition, Options } from './command.ts';
import { exitCodes } from './failure.ts';
import { topics } from './help.ts';
import type { Io } from './io.ts';
import type { Report } from './report.ts';

type Listed = { readonly summary: string; readonly load: () => Promise<{ readonly command: CommandDefinition }> };

/** Every command with one line about it. A command's file is read only when it runs or explains itself. */
const commands: Readonly<Record<string, Listed>> = {
  serve: { summary: 'Start a Chartgate here', load: () => import('./commands/serve.ts') },
  connect: {
    summary: 'From nothing to a first FHIR answer, on any SMART server',
    load: () => import('./commands/connect.ts'),
  },
  token: { summary: 'Print an access token', load: () => import('./commands/token.ts') },
  get: { summary: 'Read or search FHIR resources', load: () => import('./commands/get.ts') },
  load: { summary: 'Load bundles and NDJSON into a server', load: () => import('./commands/load.ts') },
  'keys new': { summary: 'Make a key pair', load: () => import('./commands/keys/new.ts') },
  'clients list': { summary: 'List registered clients', load: () => import('./commands/clients/list.ts') },
  'clients show': { summary: 'Show one client', load: () => import('./commands/clients/show.ts') },
  'clients approve': {
    summary: 'Let a client in, perhaps with fewer scopes',
    load: () => import('./commands/clients/approve.ts'),
  },
  'clients suspend': {
    summary: 'Stop a client until it is approved again',
    load: () => import('./commands/clients/suspend.ts'),
  },
  'clients inbox': { summary: 'What waits for your decision', load: () => import('./commands/clients/inbox.ts') },
  'clients reject': {
    summary: 'Say no to a client, with a reason',
    load: () => import('./commands/clients/reject.ts'),
  },
  'clients ask': { summary: 'Ask the developer of a client', load: () => import('./commands/clients/ask.ts') },
  'clients history': { summary: 'Who decided what of a client', load: () => import('./commands/clients/history.ts') },
  'settings show': { summary: 'Show what is set of a site', load: () => import('./commands/settings/show.ts') },
  'settings set': { summary: 'Set something of a site', load: () => import('./commands/settings/set.ts') },
  'admins list': { summary: 'List the admin tokens', load: () => import('./commands/admins/list.ts') },
  'admins create': { summary: 'Make an admin token', load: () => import('./commands/admins/create.ts') },
  'admins revoke': { summary: 'Take an admin token back', load: () => import('./commands/admins/revoke.ts') },
  'clients revoke': { summary: 'Stop a client for good', load: () => import('./commands/clients/revoke.ts') },
  'ig add': { summary: 'Install a FHIR package, such as US Core', load: () => import('./commands/ig/add.ts') },
  'ig list': { summary: 'List the installed FHIR packages', load: () => import('./commands/ig/list.ts') },
  'ig remove': { summary: 'Take a FHIR package out again', load: () => import('./commands/ig/remove.ts') },
  'tickets show': { summary: 'Why a request was refused', load: () => import('./commands/tickets/show.ts') },
  'audit list': { summary: 'Who did what to which record', load: () => import('./commands/audit/list.ts') },
  'audit verify': {
    summary: 'Find out whether somebody changed the audit',
    load: () => import('./commands/audit/verify.ts'),
  },
  'profiles list': { summary: 'List the servers you connected to', load: () => import('./commands/profiles/list.ts') },
  'profiles use': {
    summary: 'Choose the server that token and get ask',
    load: () => import('./commands/profiles/use.ts'),
  },
};

const nouns: Readonly<Record<string, string>> = {
  keys: 'Make keys',
  clients: 'Decide which client may see what',
  settings: 'What is set of a site',
  admins: 'Who may administer a site',
  ig: 'FHIR packages: the implementation guides a site knows',
  tickets: 'Find out why a request was refused',
  audit: 'Who did what to which record',
  profiles: 'The servers you connected to',
};

/** Runs a command line and reports what goes wrong. @param line what follows `chartgate` @returns the exit code */
export async function run(line: readonly string[], io: Io): Promise<number> {
  const args = line.filter((word) => word !== '--no-color');
  try {
    return await dispatch(args, io);
  } catch (cause) {
    if (io.signal.aborted || (cause instanceof Error && cause.name === 'AbortError')) {
      io.stderr.write('Cancelled.\n');
      return exitCodes.cancelled;
    }
    // Read only now: it knows the SDK, which would double the time of --help.
    const { exitCode, ...report } = (await import('./report.ts')).reportOf(cause);
    const json = args.includes('--json');
    io.stderr.write(json ? `${JSON.stringify({ exit_code: exitCode, ...report })}\n` : inWords(report, io));
    return exitCode;
  }
}

function inWords({ category, message, ticket }: Omit<Report, 'exitCode'>, io: Io): string {
  const why = ticket === undefined ? '' : `\nWhich check failed: npx chartgate tickets show ${ticket}`;
  const isError = category !== 'cancelled' && category !== 'pending';
  return `${isError ? `${io.colour.red('Error:')} ` : ''}${message}${why}\n`;
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [first = '--help', ...rest] = args;
  if (first === 'help') return help(rest, io);
  let code: number | undefined;
  const program = await build(args, io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(first === '--help' ? ['--help'] : [...args], { from: 'user' });
    return code ?? exitCodes.ok;
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    return cause.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
}

async function help(words: readonly string[], io: Io): Promise<number> {
  const topic = topics[words[0] ?? ''];
  if (!topic) return run([...words.filter((word) => !word.startsWith('-')), '--help'], io);
  await io.stdout.write(topic);
  return exitCodes.ok;
}

async function build(args: readonly string[], io: Io, done: (code: number | undefined) => void): Promise<Command> {
  const program = new Command('chartgate').helpCommand(false).exitOverride().configureOutput(output(io));
  program.configureHelp({ showGlobalOptions: false }).showHelpAfterError('Run it with --help to see examples.');
  program.version('0.1.0', '--version', 'Print the version').helpOption('-h, --help', 'Show this help');
  program.option('--no-color', 'Print without colour');
  program.addHelpText('beforeAll', '').addHelpText('before', opening(io)).addHelpText('after', closing);
  const groups = new Map<string, Command>();
  const asked = wanted(args);
  for (const [path, { summary, load }] of Object.entries(commands)) {
    const [noun = '', verb] = path.split(' ');
    const parent = verb ? (groups.get(noun) ?? group(program, groups, noun)) : program;
    const added = parent.command(verb ?? noun).summary(summary);
    if (path === asked) define(added, path, summary, (await load()).command, io, done);
  }
  return program;
}

/** The command that the words name; options in front of it take no value, so the first two words decide. */
function wanted(args: readonly string[]): string | undefined {
  const [noun = '', verb = ''] = args.filter((arg) => !arg.startsWith('-'));
  return [`${noun} ${verb}`, noun].find((path) => Object.hasOwn(commands, path));
}

function group(program: Command, groups: Map<string, Command>, noun: string): Command {
  const made = program
    .command(noun)
    .summary(nouns[noun] ?? '')
    .helpCommand(false);
  groups.set(noun, made);
  return made;
}

function define(
  added: Command,
  path: string,
  summary: string,
  definition: CommandDefinition,
  io: Io,
  done: (code: number | undefined) => void,
): void {
  const { bold, dim } = io.colour;
  const width = Math.max(...definition.examples.map(([line]) => line.length));
  const examples = definition.examples.map(
    ([line, purpose]) => `  chartgate ${line.padEnd(width)}  ${dim(`# ${purpose}`)}`,
  );
  const details = definition.details ? `\n${definition.details.trim()}\n` : '';
  added.addHelpText('before', `${bold(summary)}\n\nExamples:\n${examples.join('\n')}\n${details}`);
  definition.configure(added).action(async () => {
    done(await definition.run(io, added.processedArgs.flat() as string[], added.opts() as Options));
  });
  added.allowExcessArguments(false);
  added.name(path.split(' ').at(-1)!);
}

function output(io: Io) {
  const hasColors = () => io.colour.bold('x') !== 'x';
  return {
    writeOut: (text: string) => void io.stdout.write(text),
    writeErr: (text: string) => void io.stderr.write(text),
    getOutHelpWidth: () => io.stdout.columns ?? 100,
    getErrHelpWidth: () => io.stderr.columns ?? 100,
    getOutHasColors: hasColors,
    getErrHasColors: hasColors,
  };
}

const opening = (io: Io) => `${io.colour.bold('Chartgate: a SMART on FHIR platform, the gate and the chart in one')}

Examples:
  chartgate serve --demo                     ${io.colour.dim('# a server with 50 synthetic patients')}
  chartgate connect http://localhost:8080    ${io.colour.dim('# keys, registration, approval, token, patients')}
  chartgate clients approve ID               ${io.colour.dim('# as the administrator, in another shell')}
  chartgate get 'Patient?name=smith'         ${io.colour.dim('# with a token that renews itself')}
  chartgate load bundles/ patients.ndjson.gz ${io.colour.dim('# many files, several at once')}
`;

const closing = `
Topics: chartgate help exit-codes, chartgate help environment`;

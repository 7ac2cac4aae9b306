import { resolve } from 'node:path';
import type { AuditHead } from '@chartgate/client';
import { admin, adminCredential, adminOptions } from '../../admin/credential.ts';
import { headsIn } from '../../audit/heads.ts';
import { type CommandDefinition, hasOption, textOption } from '../../command.ts';
import { exitCodes, Failure } from '../../failure.ts';
import { type Io, say } from '../../io.ts';
import { readIfThere } from '../../private-file.ts';
import { cell } from '../../show/table.ts';

/** `audit verify`: exit code 1 where something was changed, taken away or put in. */
export const command: CommandDefinition = {
  examples: [
    ['audit verify', 'reads all of it, and names the first break'],
    ['audit verify --heads /backup/audit-heads', 'also against a file that another node, or a backup, kept'],
    ['audit verify --json', 'as the server tells it'],
  ],
  details: `
The server compares with the file audit-heads of its own data directory. Who can write to that directory as well as to the
database can cut the newest events off without a trace: keep a copy of the file elsewhere.`,
  configure: (command) =>
    adminOptions(command)
      .option('--heads <file>', 'an audit-heads file of another node or of a backup')
      .option('--json', 'print JSON'),
  async run(io, _args, options) {
    const { site } = await adminCredential(io, options);
    const file = textOption(options, 'heads');
    const heads = file === undefined ? [] : await headsOf(io, file, site);
    const found = await (await admin(io, options)).verifyAudit(heads);
    if (hasOption(options, 'json')) await io.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    const first = found.first_break;
    if (!first) {
      say(io, `${io.colour.green('Intact:')} ${found.rows} events in ${found.chains} chains.`);
      return exitCodes.ok;
    }
    const place = `chain ${first.chain}${first.node === null ? '' : ` (${cell(first.node)})`}`;
    const row = first.seq === null ? '' : `, event ${first.seq}`;
    say(io, `${io.colour.red('Broken:')} ${place}${row}: ${cell(first.what)}.`);
    return exitCodes.failed;
  },
};

async function headsOf(io: Io, file: string, site: string): Promise<readonly AuditHead[]> {
  const text = await readIfThere(resolve(io.cwd, file));
  if (text === undefined) throw new Failure(exitCodes.notFound, 'filesystem', `There is no file ${file}.`);
  const heads = headsIn(text, site);
  if (heads) return heads;
  throw new Failure(exitCodes.usage, 'user_input', `${file} is no audit-heads file: a line of it cannot be read.`);
}

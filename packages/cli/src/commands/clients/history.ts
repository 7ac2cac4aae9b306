import { admin, adminOptions } from '../../admin/credential.ts';
import { type CommandDefinition, hasOption } from '../../command.ts';
import { cell, printTable } from '../../show/table.ts';

/** `clients history`. */
export const command: CommandDefinition = {
  examples: [
    ['clients history ID', 'the newest first'],
    ['clients history ID --json', 'with what was granted'],
  ],
  configure: (command) => adminOptions(command.argument('<id>', 'client id')).option('--json', 'print JSON'),
  async run(io, [id = ''], options) {
    const decisions = await (await admin(io, options)).history(id);
    if (hasOption(options, 'json')) {
      await io.stdout.write(`${JSON.stringify(decisions, null, 2)}\n`);
      return;
    }
    const rows = decisions.map(({ time, by, action, reason }) => [time, by, action, reason].map(cell));
    await printTable(io, ['TIME', 'BY', 'WHAT', 'REASON'], rows);
    return undefined;
  },
};

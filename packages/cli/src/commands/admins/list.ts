import { admin, adminOptions } from '../../admin/credential.ts';
import { type CommandDefinition, hasOption } from '../../command.ts';
import { cell, printTable } from '../../show/table.ts';

/** `admins list`. */
export const command: CommandDefinition = {
  examples: [
    ['admins list', 'by name; no secret is shown'],
    ['admins list --json', 'one JSON array'],
  ],
  configure: (command) => adminOptions(command).option('--json', 'print JSON'),
  async run(io, _args, options) {
    const tokens = await (await admin(io, options)).listAdminTokens();
    if (hasOption(options, 'json')) {
      await io.stdout.write(`${JSON.stringify(tokens, null, 2)}\n`);
      return;
    }
    const rows = tokens.map(({ name, created_at, created_by }) => [name, created_at, created_by].map(cell));
    await printTable(io, ['NAME', 'CREATED', 'BY'], rows);
    return undefined;
  },
};

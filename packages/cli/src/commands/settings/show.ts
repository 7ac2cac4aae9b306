import { admin, adminOptions } from '../../admin/credential.ts';
import { type CommandDefinition, hasOption } from '../../command.ts';
import { printFields } from '../../show/table.ts';

/** `settings show`. */
export const command: CommandDefinition = {
  examples: [
    ['settings show', 'what is in force, by name'],
    ['settings show --json', 'one JSON object'],
  ],
  configure: (command) => adminOptions(command).option('--json', 'print JSON'),
  async run(io, _args, options) {
    const settings = await (await admin(io, options)).readSettings();
    if (hasOption(options, 'json')) await io.stdout.write(`${JSON.stringify(settings, null, 2)}\n`);
    else await printFields(io, Object.entries(settings));
    return undefined;
  },
};

import { admin, adminOptions } from '../../admin/credential.ts';
import type { CommandDefinition } from '../../command.ts';
import { say } from '../../io.ts';
import { cell } from '../../show/table.ts';

/** `clients ask`. */
export const command: CommandDefinition = {
  examples: [['clients ask ID "Which ward is it for?"', 'by mail, and in its registration']],
  configure: (command) =>
    adminOptions(command.argument('<id>', 'client id').argument('<question>', 'what its developer is asked')),
  async run(io, [id = '', question = ''], options) {
    const client = await (await admin(io, options)).ask(id, question);
    say(io, `${io.colour.green('✓')} The developer of ${cell(client.client_name ?? id)} is asked.`);
    return undefined;
  },
};

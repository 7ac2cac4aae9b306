import { admin, adminOptions } from '../../admin/credential.ts';
import { type CommandDefinition, textOption } from '../../command.ts';
import { usage } from '../../failure.ts';
import { say } from '../../io.ts';
import { cell } from '../../show/table.ts';

/** `clients reject`. */
export const command: CommandDefinition = {
  examples: [['clients reject ID --reason "no contract"', 'the reason reaches its developer']],
  configure: (command) =>
    adminOptions(command.argument('<id>', 'client id')).option('--reason <text>', 'why; its developer reads it'),
  async run(io, [id = ''], options) {
    const reason = textOption(options, 'reason');
    if (!reason) throw usage('Say why, with --reason: its developer reads it.');
    const client = await (await admin(io, options)).decide(id, 'reject', { reason });
    say(io, `${io.colour.green('✓')} ${cell(client.client_name ?? id)} is rejected.`);
    return undefined;
  },
};

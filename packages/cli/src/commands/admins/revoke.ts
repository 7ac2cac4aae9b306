import { admin, adminOptions } from '../../admin/credential.ts';
import type { CommandDefinition } from '../../command.ts';
import { say } from '../../io.ts';
import { cell } from '../../show/table.ts';

/** `admins revoke`. */
export const command: CommandDefinition = {
  examples: [['admins revoke night-shift', 'it opens nothing from now on; the last one stays']],
  configure: (command) => adminOptions(command.argument('<name>', 'as admins list shows it')),
  async run(io, [name = ''], options) {
    await (await admin(io, options)).revokeAdminToken(name);
    say(io, `${io.colour.green('✓')} ${cell(name)} is revoked.`);
    return undefined;
  },
};

import { admin, adminOptions } from '../../admin/credential.ts';
import type { CommandDefinition } from '../../command.ts';
import { say } from '../../io.ts';

/** `admins create`: the token goes to stdout, once. */
export const command: CommandDefinition = {
  examples: [
    ['admins create night-shift', 'prints the token, once'],
    ['admins create ci > token.txt', 'into a file'],
  ],
  configure: (command) => adminOptions(command.argument('<name>', 'by which the history calls its holder')),
  async run(io, [name = ''], options) {
    const { admin_token = '' } = await (await admin(io, options)).createAdminToken(name);
    await io.stdout.write(`${admin_token}\n`);
    say(io, 'It is shown this once. Its holder sets CHARTGATE_ADMIN_TOKEN to it.');
    return undefined;
  },
};

import { admin, adminOptions } from '../../admin/credential.ts';
import { type CommandDefinition, hasOption } from '../../command.ts';
import { say } from '../../io.ts';
import { cell, printTable } from '../../show/table.ts';

/** `clients inbox`. */
export const command: CommandDefinition = {
  examples: [
    ['clients inbox', 'the longest first, with each scope in words'],
    ['clients inbox --json', 'with the differences to what was approved before'],
  ],
  configure: (command) => adminOptions(command).option('--json', 'print JSON'),
  async run(io, _args, options) {
    const waiting = await (await admin(io, options)).inbox();
    if (hasOption(options, 'json')) {
      await io.stdout.write(`${JSON.stringify(waiting, null, 2)}\n`);
      return;
    }
    if (waiting.length === 0) return void say(io, 'Nothing waits.');
    const rows = waiting.map(({ client, since, for: why, differences, scopes }) => {
      const changed = differences.map(({ member }) => member).join(', ');
      const words = scopes.map(({ says, is_new }) => (is_new ? says : `${says} (as before)`)).join(' ');
      return [client.client_id, client.client_name, since, changed === '' ? why : `${why}: ${changed}`, words].map(
        cell,
      );
    });
    await printTable(io, ['ID', 'NAME', 'SINCE', 'WHY', 'WANTS TO'], rows);
    return undefined;
  },
};

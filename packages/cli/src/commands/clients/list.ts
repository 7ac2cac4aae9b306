import { admin, adminOptions } from '../../admin/credential.ts';
import { type CommandDefinition, hasOption, textOption } from '../../command.ts';
import { say } from '../../io.ts';
import { cell, printTable } from '../../show/table.ts';

/** `clients list`. */
export const command: CommandDefinition = {
  examples: [
    ['clients list', 'every client, the newest as the server sorts them'],
    ['clients list --status pending', 'those that wait for you'],
    ['clients list --json', 'one JSON array'],
  ],
  configure: (command) =>
    adminOptions(command)
      .option('--status <status>', 'pending, approved, suspended or revoked')
      .option('--json', 'print JSON'),
  async run(io, _args, options) {
    const clients = await (await admin(io, options)).listClients(textOption(options, 'status'));
    if (hasOption(options, 'json')) {
      await io.stdout.write(`${JSON.stringify(clients, null, 2)}\n`);
      return;
    }
    if (clients.length === 0) return void say(io, 'No clients. One registers with: npx chartgate connect URL');
    const rows = clients.map((client) =>
      [
        client.client_id,
        client.client_name,
        client.status,
        client.granted_scope ?? client.scope,
        client.created_at,
      ].map(cell),
    );
    await printTable(io, ['ID', 'NAME', 'STATUS', 'SCOPE', 'REGISTERED'], rows);
    return undefined;
  },
};

import { admin, adminOptions } from '../../admin/credential.ts';
import { type CommandDefinition, hasOption } from '../../command.ts';
import { printFields } from '../../show/table.ts';

/** `clients show`. */
export const command: CommandDefinition = {
  examples: [
    ['clients show ID', 'who asks, for what, with which keys'],
    ['clients show ID --json', 'as the admin API tells it'],
  ],
  configure: (command) => adminOptions(command.argument('<id>', 'client id')).option('--json', 'print JSON'),
  async run(io, [id = ''], options) {
    const client = await (await admin(io, options)).readClient(id);
    if (hasOption(options, 'json')) {
      await io.stdout.write(`${JSON.stringify(client, null, 2)}\n`);
      return;
    }
    await printFields(io, [
      ['id', client.client_id],
      ['name', client.client_name],
      ['status', client.status],
      ['asked for', client.scope],
      ['granted', client.granted_scope],
      ['authenticates by', client.token_endpoint_auth_method],
      ['keys', client.jwks_uri ?? client.jwks?.keys.map(({ alg, kty, kid }) => `${alg ?? kty} ${kid}`).join(', ')],
      ['redirect URIs', client.redirect_uris?.join(' ')],
      ['contacts', client.contacts?.join(' ')],
      ['registered', client.created_at],
      ['decided', client.decided_at],
      ['reason', client.reason],
    ]);
    return undefined;
  },
};

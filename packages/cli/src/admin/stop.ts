import { type CommandDefinition, hasOption, textOption } from '../command.ts';
import { exitCodes, Failure } from '../failure.ts';
import { say } from '../io.ts';
import { cell } from '../show/table.ts';
import { admin, adminOptions } from './credential.ts';

/** The command that suspends or revokes a client. Both end its live tokens at once; only a suspension can be undone. */
export function stopCommand(verb: 'suspend' | 'revoke', examples: CommandDefinition['examples']): CommandDefinition {
  return {
    examples,
    configure: (command) =>
      adminOptions(command.argument('<id>', 'client id'))
        .option('--reason <text>', 'why, for those who look later')
        .option('--yes', 'do not ask')
        .option('--json', 'print the client as JSON'),
    async run(io, [id = ''], options) {
      const api = await admin(io, options);
      if (verb === 'revoke' && io.canAsk && !hasOption(options, 'yes')) {
        const { client_name } = await api.readClient(id);
        const answer = await io.prompt(`Revoke ${cell(client_name ?? id)} for good? [y/N] `);
        if (!/^y(es)?$/i.test(answer.trim()))
          throw new Failure(exitCodes.cancelled, 'cancelled', 'Nothing was changed.');
      }
      const reason = textOption(options, 'reason');
      const client = await api.decide(id, verb, reason ? { reason } : {});
      if (hasOption(options, 'json')) await io.stdout.write(`${JSON.stringify(client, null, 2)}\n`);
      const ended = client.tokens_revoked === undefined ? '' : ` Live tokens ended: ${client.tokens_revoked}.`;
      say(io, `${io.colour.green('✓')} ${cell(client.client_name ?? id)} is ${client.status}.${ended}`);
      if (verb === 'suspend') say(io, `Let it in again with: npx chartgate clients approve ${id}`);
      return undefined;
    },
  };
}

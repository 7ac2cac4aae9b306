import { admin, adminOptions } from '../../admin/credential.ts';
import { type CommandDefinition, hasOption, textOption } from '../../command.ts';
import { usage } from '../../failure.ts';
import { say } from '../../io.ts';
import { cell } from '../../show/table.ts';

/** `clients approve`. */
export const command: CommandDefinition = {
  examples: [
    ['clients approve ID', 'with all it asked for'],
    ["clients approve ID --scopes 'system/Patient.rs'", 'with fewer scopes'],
    ['clients approve ID --days 365', 'for a year; then it waits for you again'],
    ['clients approve ID --reason "ticket 4711"', 'the reason is kept with the client'],
  ],
  configure: (command) =>
    adminOptions(command.argument('<id>', 'client id'))
      .option('--scopes <scopes>', 'grant these, separated by spaces, instead of all it asked for')
      .option('--reason <text>', 'why, for those who look later')
      .option('--days <days>', 'for so many days')
      .option('--json', 'print the client as JSON'),
  async run(io, [id = ''], options) {
    const [scope, reason] = [textOption(options, 'scopes'), textOption(options, 'reason')];
    const days = textOption(options, 'days');
    if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days))
      throw usage(`--days takes a number of days, not ${cell(days)}.`);
    const decision = {
      ...(scope ? { scope } : {}),
      ...(reason ? { reason } : {}),
      ...(days ? { valid_for_days: Number(days) } : {}),
    };
    const client = await (await admin(io, options)).decide(id, 'approve', decision);
    if (hasOption(options, 'json')) await io.stdout.write(`${JSON.stringify(client, null, 2)}\n`);
    if (client.status === 'pending') {
      say(io, `${cell(client.client_name ?? id)} waits for a second administrator's approval.`);
      return;
    }
    say(
      io,
      `${io.colour.green('✓')} ${cell(client.client_name ?? id)} is ${client.status}: ${cell(client.granted_scope || client.scope)}`,
    );
    say(io, 'A connect that waits for it goes on by itself.');
    return undefined;
  },
};

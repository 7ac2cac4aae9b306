import { admin, adminOptions } from '../../admin/credential.ts';
import type { CommandDefinition } from '../../command.ts';
import { usage } from '../../failure.ts';
import { say } from '../../io.ts';
import { cell } from '../../show/table.ts';

/** `settings set`. */
export const command: CommandDefinition = {
  examples: [
    ['settings set registration=token', 'only who holds an initial access token registers clients'],
    ['settings set four_eyes=system code_lifetime=30', 'several at once'],
    ['settings set registration=', 'the default again'],
  ],
  configure: (command) => adminOptions(command.argument('<assignments...>', 'NAME=VALUE, as settings show names them')),
  async run(io, assignments, options) {
    const change = Object.fromEntries(assignments.map(assignment));
    const settings = await (await admin(io, options)).changeSettings(change);
    for (const name of Object.keys(change))
      say(io, `${io.colour.green('✓')} ${cell(name)} is ${cell(settings[name])}.`);
    return undefined;
  },
};

/** Numbers are sent as numbers, nothing as the default. */
function assignment(text: string): readonly [name: string, value: string | number | null] {
  const [, name, value] = text.match(/^(\w+)=(.*)$/s) ?? [];
  if (name === undefined || value === undefined) throw usage(`Expected NAME=VALUE, not ${cell(text)}.`);
  return [name, value === '' ? null : /^\d{1,15}$/.test(value) ? Number(value) : value];
}

import { type CommandDefinition, hasOption } from '../../command.ts';
import { say } from '../../io.ts';
import { currentName, listProfiles } from '../../profile/profile.ts';
import { cell, printTable } from '../../show/table.ts';

/** `profiles list`. Keys and tokens are never printed. */
export const command: CommandDefinition = {
  examples: [
    ['profiles list', 'the current one has a star'],
    ['profiles list --json', 'without keys and tokens'],
  ],
  configure: (command) => command.option('--json', 'print JSON'),
  async run(io, _args, options) {
    const current = await currentName(io);
    const profiles = (await listProfiles(io)).map(({ name, server, clientId, status, scope }) => ({
      name,
      current: name === current,
      server: server.fhirBase,
      client_id: clientId,
      status,
      scope,
    }));
    if (hasOption(options, 'json')) {
      await io.stdout.write(`${JSON.stringify(profiles, null, 2)}\n`);
      return;
    }
    if (profiles.length === 0) return void say(io, 'No profiles yet. Connect first: npx chartgate connect URL');
    const rows = profiles.map((profile) => [
      profile.current ? '*' : '',
      ...[profile.name, profile.server, profile.client_id, profile.status, profile.scope].map(cell),
    ]);
    await printTable(io, ['', 'NAME', 'SERVER', 'CLIENT', 'STATUS', 'SCOPE'], rows);
    return undefined;
  },
};

import type { CommandDefinition } from '../../command.ts';
import { say } from '../../io.ts';
import { currentProfile, useProfile } from '../../profile/profile.ts';

/** `profiles use`. */
export const command: CommandDefinition = {
  examples: [['profiles use localhost-8080', 'token and get ask this server from now on']],
  configure: (command) => command.argument('<name>', 'profile, from profiles list'),
  async run(io, [name = '']) {
    const profile = await currentProfile(io, name);
    await useProfile(io, profile.name);
    say(io, `Now using ${profile.name}: ${profile.server.fhirBase}`);
    return undefined;
  },
};

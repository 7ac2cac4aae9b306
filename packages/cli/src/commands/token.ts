import { type CommandDefinition, hasOption, textOption } from '../command.ts';
import { say } from '../io.ts';
import { currentProfile } from '../profile/profile.ts';
import { sessionTokens } from '../profile/session.ts';

/** `token`: a live access token to stdout, the kept one while it lasts. */
export const command: CommandDefinition = {
  examples: [
    ['token', 'an access token that is good for half a minute at least'],
    ['token --json', 'with its end and its scope'],
    ['token --profile localhost-8080', 'of another server'],
  ],
  details: `
Use it in a script: curl -H "Authorization: Bearer $(npx chartgate token)" …`,
  configure: (command) =>
    command
      .option('--profile <name>', 'profile (Default: the current one)')
      .option('--new', 'get a new one even if the kept one is good')
      .option('--json', 'print JSON'),
  async run(io, _args, options) {
    const profile = await currentProfile(io, textOption(options, 'profile'));
    const tokens = await sessionTokens(io, profile);
    const kept = await tokens();
    const token = hasOption(options, 'new') ? await tokens(kept) : kept;
    const expires = new Date(token.expiresAt).toISOString();
    if (hasOption(options, 'json')) {
      const body = { access_token: token.accessToken, token_type: 'Bearer', expires_at: expires, scope: token.scope };
      await io.stdout.write(`${JSON.stringify(body, null, 2)}\n`);
      return;
    }
    await io.stdout.write(`${token.accessToken}\n`);
    if (io.stdout.isTTY) say(io, io.colour.dim(`Good until ${expires} for ${token.scope}`));
    return undefined;
  },
};

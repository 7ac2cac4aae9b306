import { OAuthError, readTicket, type Ticket, ticketUrl } from '@chartgate/client';
import { admin, adminOptions } from '../../admin/credential.ts';
import { type CommandDefinition, hasOption, type Options, textOption } from '../../command.ts';
import { exitCodes, Failure } from '../../failure.ts';
import type { Io } from '../../io.ts';
import { currentName, type Profile, readProfile } from '../../profile/profile.ts';
import { printFields } from '../../show/table.ts';
import { ticketLines } from '../../show/ticket.ts';

/** `tickets show`: as the administrator, or as the client that was refused. */
export const command: CommandDefinition = {
  examples: [
    ['tickets show ID', 'which check failed, and what to do'],
    ['tickets show ID --profile localhost-8080', "with the profile's own registration token"],
    ['tickets show ID --json', 'as the server tells it'],
  ],
  configure: (command) =>
    adminOptions(command.argument('<id>', 'ticket, from the refusal'))
      .option('--profile <name>', 'ask as this profile instead of as the administrator')
      .option('--json', 'print JSON'),
  async run(io, [id = ''], options) {
    const ticket = await find(io, id, options);
    if (hasOption(options, 'json')) {
      await io.stdout.write(`${JSON.stringify(ticket, null, 2)}\n`);
      return;
    }
    await printFields(io, [
      ['ticket', ticket.id],
      ['time', ticket.time],
      ['endpoint', ticket.endpoint],
      ['client', ticket.client_id],
      ['error', ticket.error],
      ['failed check', ticket.check],
    ]);
    for (const line of ticketLines(io, ticket)) await io.stdout.write(`${line}\n`);
    return undefined;
  },
};

/** The profile asked for; else the administrator; else, where there is no credential for that, the current profile. */
async function find(io: Io, id: string, options: Options): Promise<Ticket> {
  const asked = textOption(options, 'profile');
  if (asked !== undefined) return byProfile(io, id, await readProfile(io, asked));
  try {
    return await (await admin(io, options)).readTicket(id);
  } catch (cause) {
    const current = await currentName(io);
    const profile = current === undefined ? undefined : await readProfile(io, current);
    const isMine = cause instanceof Failure || (cause instanceof OAuthError && [401, 404].includes(cause.status));
    if (!profile?.registrationAccessToken || !isMine) throw cause;
    return byProfile(io, id, profile);
  }
}

async function byProfile(io: Io, id: string, profile: Profile | undefined): Promise<Ticket> {
  if (profile?.registrationAccessToken) {
    return readTicket(ticketUrl(profile.server.tokenEndpoint, id), profile.registrationAccessToken, io);
  }
  throw new Failure(
    exitCodes.needsAuth,
    'auth',
    'The profile holds no registration token. See npx chartgate profiles list.',
  );
}

import { OAuthError, pause, readTicket, requestToken, type Ticket, type Token, ticketUrl } from '@chartgate/client';
import { exitCodes, Failure } from '../failure.ts';
import { type Io, progress, say } from '../io.ts';
import { keyOf, type Profile, writeToken } from '../profile/profile.ts';
import { cell } from '../show/table.ts';
import { ticketLines } from '../show/ticket.ts';
import { done, stillKnown } from './steps.ts';

/**
 * Waits until an administrator has decided. A Chartgate tells the client's status; of any other server only the token
 * endpoint shows it, and `token` finds that out.
 * @param wait s @throws a failure with exit code 8 when still pending after that
 */
export async function approved(io: Io, profile: Profile, wait: number): Promise<Profile> {
  let now = profile;
  if (now.status === 'pending') tellAdministrator(io, now);
  await polite(io, wait, 'waiting for approval', async () => {
    if (now.status === undefined || now.status === 'approved') return true;
    if (now.status !== 'pending') throw stopped(now);
    now = (await stillKnown(io, now)) ?? now;
    return now.status === 'approved';
  });
  if (now.status === 'pending') throw pending(now);
  if (profile.status === 'pending') done(io, 'approve', `granted: ${now.scope}`);
  return now;
}

/** Step 4: signs an assertion and gets a token. A server that does not tell a client's status is asked until `wait` s are over. */
export async function firstToken(io: Io, profile: Profile, wait: number): Promise<Token> {
  const credentials = {
    tokenEndpoint: profile.server.tokenEndpoint,
    clientId: profile.clientId!,
    key: await keyOf(profile),
    scope: profile.scope,
  };
  let token: Token | undefined;
  let refusal: OAuthError | undefined;
  await polite(io, profile.status ? 0 : wait, 'the server does not take the client yet', async () => {
    try {
      token = await requestToken(credentials, io);
      return true;
    } catch (cause) {
      if (!(cause instanceof OAuthError)) throw cause;
      if (profile.status || !isMaybePending(cause)) throw await explained(io, profile, cause);
      if (!refusal) tellElsewhere(io, profile, cause);
      refusal = cause;
      return false;
    }
  });
  if (!token) throw pending(profile);
  await writeToken(io, profile, token);
  const seconds = Math.round((token.expiresAt - Date.now()) / 1000);
  done(io, 'token', `good for ${seconds} s, renewed when needed: ${cell(token.scope || profile.scope)}`);
  return token;
}

/** Calls `isOver` at once, then every 2 s, slowly less often, until it is over or `wait` s have gone. */
async function polite(io: Io, wait: number, what: string, isOver: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + wait * 1000;
  const line = progress(io, 15_000);
  try {
    for (let gap = 2000; !(await isOver()); gap = Math.min(gap * 1.2, 15_000)) {
      const left = end - Date.now();
      if (left <= 0) return;
      line.update(`… ${what} (${Math.ceil(left / 1000)} s left, Ctrl-C to stop; connect goes on from here later)`);
      await pause(Math.min(gap, left), io.signal);
    }
  } finally {
    line.clear();
  }
}

function tellAdministrator(io: Io, profile: Profile): void {
  say(
    io,
    `${io.colour.yellow('…')} ${io.colour.bold('approve'.padEnd(9))} an administrator must let the client in. In another shell on the server's machine:`,
    '',
    `    ${io.colour.cyan(`npx chartgate clients approve ${profile.clientId}`)}`,
    '',
  );
}

function tellElsewhere(io: Io, profile: Profile, refusal: OAuthError): void {
  say(
    io,
    `${io.colour.yellow('…')} ${io.colour.bold('approve'.padEnd(9))} the server says ${refusal.error}. Most likely its administrator must enable the client first:`,
    `            client id ${profile.clientId}. In OpenEMR: Admin > System > API Clients > Enable Client.`,
  );
}

const isMaybePending = (cause: OAuthError): boolean =>
  ['invalid_client', 'unauthorized_client', 'access_denied'].includes(cause.error);

function pending({ clientId, server, name }: Profile): Failure {
  const message = `Client ${clientId} still waits for an administrator. Once it is approved, go on with: npx chartgate connect ${server.fhirBase} --profile ${name}`;
  return new Failure(exitCodes.pending, 'pending', message);
}

function stopped({ clientId, status, server }: Profile): Failure {
  const next =
    status === 'suspended'
      ? `An administrator can let it in again: npx chartgate clients approve ${clientId}`
      : `Register a new one with: npx chartgate connect ${server.fhirBase} --again`;
  return new Failure(exitCodes.denied, 'auth', `Client ${clientId} is ${cell(status)}. ${next}`);
}

/** The refusal with what its ticket says, read with the client's own registration token. */
async function explained(io: Io, profile: Profile, cause: OAuthError): Promise<Error> {
  const ticket = await ticketOf(io, profile, cause);
  if (!ticket) return cause;
  say(io, `${io.colour.red('✗')} ${io.colour.bold('token'.padEnd(9))} refused; ticket ${cell(ticket.id)} says why:`);
  say(io, ...ticketLines(io, ticket).map((line) => `            ${line}`));
  return cause;
}

async function ticketOf(io: Io, profile: Profile, { ticket }: OAuthError): Promise<Ticket | undefined> {
  if (!ticket || !profile.registrationAccessToken) return undefined;
  const url = ticketUrl(profile.server.tokenEndpoint, ticket);
  return readTicket(url, profile.registrationAccessToken, io).catch(() => undefined);
}

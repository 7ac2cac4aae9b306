import { parseScope } from '@chartgate/fhir';
import { OAuthError, shown } from '../oauth/oauth-error.ts';
import type { Client } from '../store/gate-ports.ts';
import type { ClientChange, ClientDecision, ClientLife } from '../store/registration-ports.ts';
import { type AdminCall, admin, bodyOf, read, requestedClient } from './admin.ts';
import { adminJson } from './admin-json.ts';
import { approveBody, askBody, decideBody, decidedClientJson, historyJson, rejectBody } from './admin-schema.ts';
import { administratorOf } from './administrator.ts';
import { tellDeveloper } from './developer-mail.ts';
import { scopesBeyond } from './difference.ts';
import { needsAnother } from './four-eyes.ts';
import { type ClientAction, transitions } from './states.ts';

const day = 24 * 3600_000;

/** Lets the client in, perhaps with fewer scopes, perhaps for a time; as the first of two where two must agree. */
export const approveClient = admin('POST', async (call) => {
  const { scope, reason, valid_for_days, version } = read(approveBody, bodyOf(call.request));
  const client = await requestedClient(call);
  requireState(client, 'approve');
  if (version !== undefined && version !== client.version) throw new OAuthError('registered-meanwhile');
  const first = client.firstApproval;
  const grantedScope = scope === undefined ? (first?.scope ?? wholeScope(client)) : partOf(client, scope);
  const days = valid_for_days ?? first?.valid_for_days;
  const now = call.gate.now();
  if (await needsAnother(call, client, { scope: grantedScope, valid_for_days: days })) {
    const approval = { by: call.by.name, at: now, scope: grantedScope };
    const firstApproval = { ...approval, ...(days === undefined ? {} : { valid_for_days: days }) };
    return decide(call, client, { firstApproval }, { action: 'approve-first', reason, content: { grantedScope } });
  }
  const change: ClientChange = {
    status: 'approved',
    grantedScope,
    approved: {
      metadata: client.metadata,
      scope: client.scope,
      granted_scope: grantedScope,
      by: call.by.name,
    },
    approvalExpiresAt: days === undefined ? leftOf(client, now) : now + days * day,
    warnings: client.warnings.filter((warning) => !warning.startsWith('The client is not enabled yet.')),
    ...decidedNow(now, reason),
  };
  const content = { granted_scope: grantedScope, ...(days === undefined ? {} : { valid_for_days: days }) };
  return decide(call, client, change, { action: 'approve', reason, content });
});

/** Says no to one that waits: the reason reaches its developer. */
export const rejectClient = admin('POST', (call) => end(call, 'reject', read(rejectBody, bodyOf(call.request)).reason));

export const suspendClient = admin('POST', (call) =>
  end(call, 'suspend', read(decideBody, bodyOf(call.request)).reason),
);

export const revokeClient = admin('POST', (call) => end(call, 'revoke', read(decideBody, bodyOf(call.request)).reason));

/** Asks the developer, by mail and in the registration; the client goes on waiting, or working. */
export const askClient = admin('POST', async (call) => {
  const { question } = read(askBody, bodyOf(call.request));
  return decide(call, await requestedClient(call), {}, { action: 'ask', reason: question, content: {} });
});

/** Who decided what of the client, the newest first. */
export const clientHistory = admin('GET', async (call) => {
  const { clientId } = await requestedClient(call);
  const decisions = await call.site.store.registrations.history(clientId, 500);
  return historyJson.parse({
    decisions: decisions.map(({ at, by, action, reason, content }) => ({
      time: new Date(at).toISOString(),
      by,
      action,
      reason: reason ?? null,
      content,
    })),
  });
});

async function end(call: AdminCall, action: 'reject' | 'suspend' | 'revoke', reason: string | undefined) {
  const client = await requestedClient(call);
  if (client.registrationTokenHash === undefined && action === 'revoke') {
    throw new OAuthError('client-state', {
      description: 'This client comes with the site and cannot be revoked: suspend it.',
    });
  }
  requireState(client, action);
  const change: ClientChange = { status: transitions[action].to, ...decidedNow(call.gate.now(), reason) };
  return decide(call, client, change, { action, reason, content: {} });
}

/** What each new state brings with it: nothing waits any longer, and what was given under the old one dies. */
function decidedNow(now: number, reason: string | undefined) {
  return { decidedAt: now, reason: reason ?? null, waiting: null, firstApproval: null, endsTokens: true } as const;
}

/** A suspension does not make an approval last longer. */
function leftOf({ approvalExpiresAt }: ClientLife, now: number): number | null {
  return approvalExpiresAt !== undefined && approvalExpiresAt > now ? approvalExpiresAt : null;
}

type Said = Pick<ClientDecision, 'action' | 'content'> & { readonly reason: string | undefined };

async function decide(call: AdminCall, client: Client & ClientLife, change: ClientChange, said: Said) {
  const { action, content, reason } = said;
  const decision: ClientDecision = {
    at: call.gate.now(),
    by: call.by.name,
    action,
    content,
    ...(reason === undefined ? {} : { reason }),
  };
  const done = await call.site.store.registrations.change(client, change, decision);
  if (!done) throw new OAuthError('registered-meanwhile');
  call.site.forget({ clientId: client.clientId });
  const { clientId, grantedScope: scope } = done.client;
  await call.gate.audit.record(call.site.name, {
    ...administratorOf(call),
    act: 'client-decided',
    clientId,
    decision: action,
    scope,
    reason,
  });
  await tellDeveloper(call.gate, call.site, done.client, decision);
  const isEnd = change.endsTokens === true && action !== 'approve';
  return decidedClientJson.parse({
    ...adminJson(done.client),
    ...(isEnd ? { tokens_revoked: done.tokensRevoked } : {}),
  });
}

function requireState({ status }: Client, action: ClientAction): void {
  const { from } = transitions[action];
  if (from.includes(status)) return;
  throw new OAuthError('client-state', {
    description: `The client is ${status}: ${action} needs ${from.join(' or ')}.`,
  });
}

/** What was granted before a suspension, else all that the client asks for. */
function wholeScope({ grantedScope, scope }: Client): string {
  return grantedScope || scope;
}

/** The scopes of `text`, each of which must lie within what the client asked for. */
function partOf(client: Client, text: string): string {
  const refused = scopesBeyond(text, client.scope);
  const { scopes } = parseScope(text);
  if (refused.length > 0 || scopes.length === 0) {
    throw new OAuthError('admin-scope', {
      description:
        scopes.length + refused.length === 0
          ? 'scope is empty: name at least one scope, or revoke the client.'
          : `Not among the scopes the client asked for: ${shown(refused.join(' '))}.`,
    });
  }
  return scopes.map((scope) => scope.text).join(' ');
}

import type { Gate, GateSite } from '../oauth/gate.ts';
import type { Client } from '../store/gate-ports.ts';
import type { ClientDecision, DecisionAction } from '../store/registration-ports.ts';

/** To so many contacts of a client. */
const mostContacts = 5;

const subjects: Partial<Record<DecisionAction, string>> = {
  approve: 'is approved',
  reject: 'is not approved',
  ask: 'has a question to answer',
  suspend: 'is suspended',
  revoke: 'is revoked',
  expire: 'waits for a new approval',
};

/** Tells the developers of a client by mail what was decided, where it is theirs to know. A lost mail changes nothing. */
export async function tellDeveloper(gate: Gate, site: GateSite, client: Client, decision: ClientDecision) {
  const what = subjects[decision.action];
  if (what === undefined) return;
  const said = decision.reason === undefined ? [] : [decision.reason];
  const granted = decision.action === 'approve' ? [`Scopes: ${client.grantedScope}`] : [];
  await mailContacts(gate, site, client, what, [...said, ...granted]);
}

/** Warns the developers of a client whose approval ends soon. */
export async function warnDeveloper(gate: Gate, site: GateSite, client: Client) {
  const end = new Date(client.approvalExpiresAt ?? 0).toISOString().slice(0, 10);
  const text = `The approval ends on ${end}. After that its tokens are dead until an administrator approves it anew.`;
  await mailContacts(gate, site, client, 'loses its approval soon', [text]);
}

async function mailContacts(gate: Gate, site: GateSite, client: Client, what: string, lines: readonly string[]) {
  const name = (client.metadata.client_name ?? client.clientId).replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  const text = [
    `The client ${name} (client_id ${client.clientId}) at ${site.issuer} ${what}.`,
    ...lines,
    `Its registration, for the holder of its registration access token: ${site.issuer}/client/${client.clientId}`,
  ].join('\n\n');
  for (const to of addressesOf(client)) {
    try {
      await gate.mailer.send(site.name, { to, subject: `Client ${name.slice(0, 60)} ${what}`, text });
    } catch (error) {
      gate.log.error(error, 'a mail to the developer of a client could not be sent');
    }
  }
}

function addressesOf({ metadata: { contacts = [] } }: Client): readonly string[] {
  const addresses = contacts.map((contact) => contact.replace(/^mailto:/i, ''));
  return addresses.filter((one) => one.length <= 254 && /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(one)).slice(0, mostContacts);
}

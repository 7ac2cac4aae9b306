import { readFile } from 'node:fs/promises';
import {
  type AdminApi,
  adminApi,
  discover,
  fhirClient,
  generateKey,
  jwks,
  OAuthError,
  register,
  requestToken,
  type SigningKey,
  type SmartServer,
  tokenSource,
} from '@chartgate/client';
import type { Serving } from '@chartgate/server';

/** What happened before the pictures are taken: a few clients, one that works, one that waits, one that is refused. */
export type Story = {
  readonly fhir: string;
  /** Client that has been working for a while. */
  readonly busyClient: string;
  /** Client that waits for a decision. */
  readonly waitingClient: string;
  /** Ticket of a refusal. */
  readonly ticket: string;
};

type Told = { readonly smart: SmartServer; readonly admin: AdminApi; readonly key: SigningKey };

export async function tellStory(server: Serving): Promise<Story> {
  const fhir = `${server.url}/apis/default/fhir`;
  const { token } = JSON.parse(await readFile(server.credentialFile, 'utf8'));
  const told = {
    smart: await discover(fhir),
    admin: adminApi(server.url, 'default', token),
    key: await generateKey('ES384'),
  };
  const busyClient = await working(told, fhir);
  const ticket = await refused(told, busyClient);
  const waitingClient = await registered(told, {
    name: 'Nightly registry export',
    scope: 'system/Patient.rs system/Observation.rs system/Condition.rs system/MedicationRequest.rs',
  });
  await registered(told, { name: 'Referral letters', scope: 'system/Patient.r system/DocumentReference.cru' });
  return { fhir, busyClient, waitingClient, ticket };
}

/** A client that was approved and reads labs. */
async function working({ smart, admin, key }: Told, fhir: string): Promise<string> {
  const scope = 'system/Patient.rs system/Observation.rs system/Encounter.rs';
  const client = await registered({ smart, key }, { name: 'Quality measures', scope });
  await admin.decide(client, 'approve', { reason: 'agreed with the quality team' });
  const credentials = { tokenEndpoint: smart.tokenEndpoint, clientId: client, key, scope };
  const { search } = fhirClient({ base: fhir, token: tokenSource(() => requestToken(credentials)) });
  for (const query of ['Patient?_count=20', 'Observation?category=laboratory&_count=50', 'Encounter?_sort=-date']) {
    for (let i = 0; i < 12; i++) await search(query);
  }
  return client;
}

/** Its key is another one than it registered. @returns the ticket */
async function refused({ smart }: Told, clientId: string): Promise<string> {
  const stranger = await generateKey('ES384');
  try {
    await requestToken({ tokenEndpoint: smart.tokenEndpoint, clientId, key: stranger, scope: 'system/Patient.rs' });
  } catch (error) {
    if (error instanceof OAuthError && error.ticket) return error.ticket;
    throw error;
  }
  throw new Error('A key that was never registered got a token');
}

type Asking = { readonly name: string; readonly scope: string };

/** A client that nobody has decided about yet. */
async function registered({ smart, key }: Pick<Told, 'smart' | 'key'>, { name, scope }: Asking): Promise<string> {
  if (!smart.registrationEndpoint) throw new Error('The server registers nobody');
  const contacts = ['data-team@hospital.example'];
  const { clientId } = await register(smart.registrationEndpoint, { name, scope, jwks: jwks(key), contacts });
  return clientId;
}

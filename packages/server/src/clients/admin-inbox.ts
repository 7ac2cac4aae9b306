import { describeScope, narrow, parseScope } from '@chartgate/fhir';
import type { Client } from '../store/gate-ports.ts';
import type { ClientLife } from '../store/registration-ports.ts';
import { admin } from './admin.ts';
import { adminJson } from './admin-json.ts';
import { inboxJson } from './admin-schema.ts';
import { differences, isMaterial } from './difference.ts';

const longestInbox = 200;

/** What waits for a decision, the longest first: who asks, for what in words, and what is other than it was. */
export const inbox = admin('GET', async ({ site }) => {
  const waiting = await site.store.registrations.waiting(longestInbox);
  return inboxJson.parse({ waiting: waiting.map(entryOf) });
});

function entryOf(client: Client & ClientLife) {
  const { since = client.createdAt, for: why = 'registration' } = client.waiting ?? {};
  const { approved } = client;
  const changed = approved === undefined ? [] : differences(approved.metadata, client.metadata);
  return {
    client: adminJson(client),
    since: new Date(since).toISOString(),
    for: why,
    scopes: scopesInWords(client.scope, approved?.granted_scope ?? ''),
    differences: changed.map((one) => ({ ...one, is_material: isMaterial(one) })),
  };
}

/** Each scope with a sentence, and whether it opens more than was granted before. */
function scopesInWords(asked: string, granted: string) {
  const before = parseScope(granted).scopes;
  return parseScope(asked).scopes.map((scope) => ({
    scope: scope.text,
    says: describeScope(scope),
    is_new: !narrow([scope], before).some((part) => part.text === scope.text),
  }));
}

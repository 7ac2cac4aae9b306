import { parseScope } from '@chartgate/fhir';
import { OAuthError } from '../oauth/oauth-error.ts';
import type { Client } from '../store/gate-ports.ts';
import type { ClientLife, FirstApproval } from '../store/registration-ports.ts';
import type { AdminCall } from './admin.ts';

/** What is to be approved: both must mean the same. */
type Approval = { readonly scope: string; readonly valid_for_days: number | undefined };

/**
 * Whether another administrator has to agree before this approval counts. Neither of the two may have registered the
 * client, nor may one of them be an admin token that the other made.
 * @throws {OAuthError} four-eyes
 */
export async function needsAnother(call: AdminCall, client: Client & ClientLife, wanted: Approval): Promise<boolean> {
  const { four_eyes: mode } = await call.site.settings();
  if (mode === 'off' || !hasSystemScope(wanted.scope)) return false;
  const { name } = call.by;
  if (name === client.registeredBy || (await isMadeBy(call, name, client.registeredBy))) throw refused('registered it');
  const first = client.firstApproval;
  if (first === undefined || !isSame(first, wanted)) return true;
  if (first.by === name) throw refused('approved it already');
  if ((await isMadeBy(call, name, first.by)) || (await isMadeBy(call, first.by, name)))
    throw refused('made the admin token of the other');
  return false;
}

function isSame(first: FirstApproval, { scope, valid_for_days }: Approval): boolean {
  return first.scope === scope && first.valid_for_days === valid_for_days;
}

function hasSystemScope(scope: string): boolean {
  return parseScope(scope).scopes.some((one) => one.kind === 'resource' && one.context === 'system');
}

/** Whether an admin token was made by another administrator, or by one whose token that one made. */
async function isMadeBy({ site }: AdminCall, name: string, maker: string | undefined): Promise<boolean> {
  if (maker === undefined) return false;
  const makers = new Map((await site.store.adminTokens.list()).map((row) => [`token:${row.name}`, row.createdBy]));
  const seen = new Set<string>();
  for (let at = makers.get(name); at !== undefined && !seen.has(at); at = makers.get(at)) {
    if (at === maker) return true;
    seen.add(at);
  }
  return false;
}

function refused(why: string): OAuthError {
  return new OAuthError('four-eyes', {
    description: `Another administrator must approve it: this one ${why}.`,
  });
}

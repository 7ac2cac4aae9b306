import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { newIdentifier } from '../../oauth/secret.ts';
import { type Account, type ChartLink, folded } from '../../store/account-ports.ts';
import type { Invitation } from '../../store/chart-claim-ports.ts';
import { notify } from '../mail/notify.ts';
import { newSpokenCode, spokenCodeHash } from '../spoken-code.ts';
import { countClaim } from '../tries.ts';
import { auditLink } from './chart-audit.ts';
import { chartInvitation, chartLinked } from './letters.ts';

/** After so many wrong dates of birth a code is dead. */
const mostTries = 5;

export type NewInvitation = {
  readonly patient: string;
  readonly relationship: ChartLink['relationship'];
  /** Only an account with this address may use it, and the code is mailed there. */
  readonly email?: string | undefined;
  /** ms. */
  readonly lifetime: number;
  readonly madeBy: string;
};

/** Makes a code for a patient whose record is in use. @throws {OAuthError} chart-unknown */
export async function invite(x: Exchange, asked: NewInvitation): Promise<{ invitation: Invitation; code: string }> {
  const card = await x.site.directory.card(asked.patient);
  // a year alone would be guessed in a few tries
  if (!card?.isCurrent || !/^\d{4}-\d\d-\d\d$/.test(card.birthDate ?? '')) throw new OAuthError('chart-unknown');
  const { patient, relationship, email, madeBy, lifetime } = asked;
  const code = newSpokenCode();
  const invitation: Invitation = {
    invitationId: newIdentifier(),
    patient,
    relationship,
    ...(email === undefined ? {} : { emailKey: folded(email) }),
    madeBy,
    createdAt: x.now,
    expiresAt: x.now + lifetime,
  };
  await x.site.store.invitations.insert(hashOf(x, code), invitation);
  if (email !== undefined) await notify(x, { email }, chartInvitation(code, `${x.site.issuer}/account/charts`));
  return { invitation, code };
}

/**
 * Links the chart that a code is for. Unknown, used, dead and old codes, wrong dates and wrong accounts look the same.
 * @returns logical id of the patient
 * @throws {OAuthError} invitation, claim-role, claim-tries
 */
export async function redeem(
  x: Exchange,
  account: Account,
  shown: { code: string; birthDate: string },
): Promise<string> {
  if (account.role !== 'patient') throw new OAuthError('claim-role');
  await countClaim(x, account);
  const hash = hashOf(x, shown.code);
  const found = await x.site.store.invitations.tryOnce(hash, mostTries, x.now);
  const card = found && (await x.site.directory.card(found.patient));
  const isOwn = found?.emailKey === undefined || found.emailKey === folded(account.email);
  if (!found || !card?.isCurrent || !isOwn || card.birthDate !== shown.birthDate.trim()) {
    throw new OAuthError('invitation');
  }
  if (!(await x.site.store.invitations.redeem(hash, account.accountId, x.now))) throw new OAuthError('invitation');
  x.site.forget({ users: true });
  await auditLink(x, account, found);
  await notify(x, account, chartLinked);
  return found.patient;
}

const hashOf = ({ gate, site }: Exchange, code: string) => spokenCodeHash(gate, `invitation ${site.name}`, code);

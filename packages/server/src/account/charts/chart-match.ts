import { normalizeString } from '@chartgate/fhir';
import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { newIdentifier } from '../../oauth/secret.ts';
import { type Account, folded } from '../../store/account-ports.ts';
import type { ChartClaim, ChartDecision, ChartRequest } from '../../store/chart-claim-ports.ts';
import type { PatientCard } from '../../store/chart-directory.ts';
import { notify } from '../mail/notify.ts';
import { countClaim } from '../tries.ts';
import { auditLink, auditUnlink } from './chart-audit.ts';
import { chartLinked, chartRefused, chartRemoved } from './letters.ts';

const mostOpen = 3;

/** Which parts of a claim a record has as well. */
export function matches(card: PatientCard, claim: ChartClaim, email: string) {
  const family = normalizeString(claim.familyName);
  const given = normalizeString(claim.givenName);
  const isName = card.names.some(
    (name) =>
      normalizeString(name.family) === family &&
      [name.given[0] ?? '', name.given.join(' ')].some((part) => part !== '' && normalizeString(part) === given),
  );
  return {
    name: isName,
    birth_date: card.birthDate === claim.birthDate,
    email: card.emailKeys.includes(folded(email)),
    identifier: claim.identifier !== undefined && card.identifierKeys.includes(normalizeString(claim.identifier)),
  };
}

/** Records that somebody of the clinic may want to look at for a claim, with what they have of it. */
export async function candidates(x: Exchange, claim: ChartClaim, email: string): Promise<readonly PatientCard[]> {
  const { directory } = x.site;
  const [byEmail, byBirth] = await Promise.all([
    directory.cardsByEmail(email),
    directory.cardsByBirth(claim.birthDate, claim.familyName),
  ]);
  return [...new Map([...byEmail, ...byBirth].map((card) => [card.id, card])).values()];
}

/**
 * The one record that is this person's beyond doubt: the account's address, which its owner has shown to be theirs, is
 * in this record and in no other, and so are name and date of birth; and what else is given. A child's is for people.
 */
async function provenMatch(x: Exchange, account: Account, claim: ChartClaim): Promise<string | undefined> {
  const found = await x.site.directory.cardsByEmail(account.email);
  const [card] = found;
  if (!card?.isCurrent || found.length !== 1) return undefined;
  const { name, birth_date, email, identifier } = matches(card, claim, account.email);
  const isWhole = name && birth_date && email && (claim.identifier === undefined || identifier);
  return isWhole && claim.relationship === 'self' ? card.id : undefined;
}

/**
 * Asks for a chart: what matches beyond doubt is linked, everything else waits for somebody of the clinic. Which part
 * did not match is not told.
 * @throws {OAuthError} claim-role, claim-tries, claim-waiting
 */
export async function claimChart(x: Exchange, account: Account, claim: ChartClaim): Promise<'linked' | 'in-review'> {
  if (account.role !== 'patient') throw new OAuthError('claim-role');
  await countClaim(x, account);
  const { chartRequests } = x.site.store;
  const { accountId } = account;
  const patient = await provenMatch(x, account, claim);
  if (patient !== undefined && (await chartRequests.linkOwn(accountId, patient, x.now))) {
    x.site.forget({ users: true });
    await auditLink(x, account, { patient, relationship: 'self' });
    await notify(x, account, chartLinked);
    return 'linked';
  }
  const request = { requestId: newIdentifier(), accountId, claim, createdAt: x.now };
  if (!(await chartRequests.insert(request, mostOpen))) throw new OAuthError('claim-waiting');
  return 'in-review';
}

/** What somebody of the clinic decided about a claim; its owner is told. @throws {OAuthError} claim-unknown: it was decided before */
export async function decideClaim(x: Exchange, { requestId }: ChartRequest, decision: ChartDecision) {
  const decided = await x.site.store.chartRequests.decide(requestId, decision);
  if (!decided) throw new OAuthError('claim-unknown');
  x.site.forget({ users: true });
  if (decision.status === 'accepted') await auditLink(x, decided, decision);
  const account = await x.site.store.accounts.find(decided.accountId);
  if (account) await notify(x, account, decision.status === 'accepted' ? chartLinked : chartRefused);
  return decided;
}

/** Takes a chart from an account, with all that apps were given of it. @throws {OAuthError} chart-unlinked */
export async function unlinkChart(x: Exchange, account: Account, patient: string): Promise<void> {
  const { accounts } = x.site.store;
  const isLinked = (await accounts.charts(account.accountId)).some((chart) => chart.patient === patient);
  if (!isLinked) throw new OAuthError('chart-unlinked');
  await accounts.unlink(account.accountId, patient);
  x.site.forget({ users: true });
  await auditUnlink(x, account, patient);
  await notify(x, account, chartRemoved);
}

import { audit } from '../../oauth/audited.ts';
import type { Exchange } from '../../oauth/exchange.ts';
import type { Account, ChartLink } from '../../store/account-ports.ts';

type Whose = Pick<Account, 'accountId'>;

/** Writes down that a record was opened to an account. */
export function auditLink(x: Exchange, { accountId }: Whose, link: Pick<ChartLink, 'patient' | 'relationship'>) {
  const { patient, relationship } = link;
  return audit(x, { act: 'chart-linked', relationship, patients: [patient] }, { accountId });
}

/** Writes down that a record was closed to an account. */
export function auditUnlink(x: Exchange, { accountId }: Whose, patient: string) {
  return audit(x, { act: 'chart-unlinked', patients: [patient] }, { accountId });
}

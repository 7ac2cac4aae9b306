import type { GateAct } from '../audit/event.ts';
import type { UserAuthorization } from '../store/authorization-ports.ts';
import { audit, partiesOf, patientsOf } from './audited.ts';
import type { Exchange } from './exchange.ts';

type Ended = Extract<GateAct, { act: 'authorization-ended' }>;

/**
 * Kills what a user gave, with all its tokens: on this node before the answer, on all others within a second.
 * @param by whose doing it is
 */
export async function endAuthorization(x: Exchange, authorization: UserAuthorization, by: Ended['by']): Promise<void> {
  await x.site.store.authorizations.revoke(authorization.authorizationId);
  x.site.forget({ users: true });
  await audit(x, { act: 'authorization-ended', by, ...patientsOf(authorization) }, partiesOf(authorization));
}

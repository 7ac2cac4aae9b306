import { narrow, parseScope, type Scope } from '@chartgate/fhir';
import type { SignedIn } from '../store/account-ports.ts';
import type { Consent } from '../store/authorization-ports.ts';
import { pendingOf } from './authorization-request.ts';
import { clientOf, type Exchange } from './exchange.ts';
import { isOfSystem } from './scope.ts';

/**
 * The scopes that may be asked of this user: those of the request that the client is still approved for. Without a
 * record of one's own there is no `fhirUser`, and nothing that `user/` scopes could open.
 */
export function grantableScope(x: Exchange, { account }: Pick<SignedIn, 'account'>): readonly Scope[] {
  const asked = parseScope(pendingOf(x).request.scope).scopes.filter(
    (scope) => !isOfSystem(scope) && (account.fhirUser !== undefined || !isOfUser(scope)),
  );
  return narrow(asked, parseScope(clientOf(x).grantedScope).scopes);
}

/** Whether a scope needs a record of the user's own. */
export function isOfUser(scope: Scope): boolean {
  return scope.kind === 'named' ? scope.text === 'fhirUser' : scope.context === 'user';
}

/** Whether a user decided about each of these scopes before: allowed it whole, or refused it in whole or in part. */
export function isDecided(asked: readonly Scope[], { scope, refused }: Pick<Consent, 'scope' | 'refused'>): boolean {
  const allowed = parseScope(scope).scopes;
  const unticked = namesOf(refused);
  return asked.every((one) => unticked.has(one.text) || narrow([one], allowed).some(({ text }) => text === one.text));
}

/** What a user gives of these scopes by what was decided: what is allowed, with its granular parts, less what was unticked. */
export function consentedScope(
  asked: readonly Scope[],
  { scope, refused }: Pick<Consent, 'scope' | 'refused'>,
): readonly Scope[] {
  const unticked = namesOf(refused);
  return narrow(asked, parseScope(scope).scopes).filter(({ text }) => !unticked.has(text));
}

function namesOf(scope: string): ReadonlySet<string> {
  return new Set(parseScope(scope).scopes.map(({ text }) => text));
}

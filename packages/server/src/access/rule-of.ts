import type { ResourceScope } from '@chartgate/fhir';
import type { Grant } from './grant.ts';
import { linesToOneself, linesWithin, type Reach } from './line.ts';
import type { AccessGrant, AccessRule } from './rule.ts';

/**
 * The access rule that a grant stands for. `patient/` scopes reach the launch context's patient, `user/` scopes what the
 * user may see, `system/` scopes what they name. Where the patient or the user is missing they reach nothing.
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
 */
export function ruleOf(grant: Grant): AccessRule {
  const { user, breakGlass, denies } = grant;
  const opens = grant.scopes.flatMap((scope) => (scope.kind === 'resource' ? linesOfScope(scope, grant) : []));
  const used = user && breakGlass;
  return {
    opens: [...opens, ...linesToUser(grant)],
    ...(denies ? { denies } : {}),
    ...(used ? { breakGlass: useOf(grant.clientId, user.reference, breakGlass) } : {}),
  };
}

function linesOfScope(scope: ResourceScope, grant: Grant): readonly AccessGrant[] {
  switch (scope.context) {
    case 'system':
      return [{ type: scope.type, letters: scope.letters, criteria: scope.criteria, labels: true }];
    case 'patient':
      return grant.patient === undefined ? [] : linesWithin(scope, { kind: 'patients', ids: [grant.patient] });
    case 'user':
      return [...linesOfUser(scope, grant), ...linesOfEmergency(scope, grant)];
    default:
      return scope.context satisfies never;
  }
}

function linesOfUser(scope: ResourceScope, { user }: Grant): readonly AccessGrant[] {
  if (!user) return [];
  const reach: Reach = user.opens === 'site' ? { kind: 'site' } : { kind: 'patients', ids: user.patients };
  return linesWithin(scope, reach);
}

/** An emergency opens a record to be read; nothing is written by it. */
function linesOfEmergency(scope: ResourceScope, { user, breakGlass }: Grant): readonly AccessGrant[] {
  if (!user || !breakGlass) return [];
  const letters = scope.letters.filter((letter) => letter === 'r' || letter === 's');
  return linesWithin(scope, { kind: 'patients', ids: [breakGlass.patient] }, letters);
}

function linesToUser({ user, scopes }: Grant): readonly AccessGrant[] {
  if (!user) return [];
  const own = scopes.filter((scope) => scope.kind === 'resource' && scope.context !== 'system');
  const named = scopes.some((scope) => scope.kind === 'named' && scope.text === 'fhirUser');
  return linesToOneself(user.reference, own as ResourceScope[], named);
}

function useOf(clientId: string, user: string, { reason, patient }: NonNullable<Grant['breakGlass']>) {
  return { clientId, user, patient, reason };
}

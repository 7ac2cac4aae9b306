import { narrow, parseScope } from '@chartgate/fhir';

/** The part of the requested scopes that is approved and works without a user: `system/` scopes. May be empty. */
export function narrowToSystem(requested: string, approved: string): string {
  const system = parseScope(requested).scopes.filter(
    (scope) => scope.kind === 'resource' && scope.context === 'system',
  );
  return narrow(system, parseScope(approved).scopes)
    .map((scope) => scope.text)
    .join(' ');
}

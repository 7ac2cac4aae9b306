import { narrow, parseScope, type Scope } from '@chartgate/fhir';

/** Whether a scope opens records without a user. */
export function isOfSystem(scope: Scope): boolean {
  return scope.kind === 'resource' && scope.context === 'system';
}

/** Scopes as a parameter has them. */
export function textOfScopes(scopes: readonly Scope[]): string {
  return scopes.map((scope) => scope.text).join(' ');
}

/** The names of a scope parameter. */
export function scopeNames(scope: string | undefined): ReadonlySet<string> {
  return new Set((scope ?? '').split(' ').filter((name) => name !== ''));
}

/** The part of the requested scopes that is approved and works without a user: `system/` scopes. May be empty. */
export function narrowToSystem(requested: string, approved: string): string {
  return textOfScopes(narrow(parseScope(requested).scopes.filter(isOfSystem), parseScope(approved).scopes));
}

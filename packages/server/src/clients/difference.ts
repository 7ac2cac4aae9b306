import { isDeepStrictEqual } from 'node:util';
import { narrow, parseScope } from '@chartgate/fhir';
import type { ClientMetadata } from '../store/gate-ports.ts';

/** A member of the metadata that is not what it was. */
export type Difference = { readonly member: string; readonly before: unknown; readonly after: unknown };

/** What neither opens more nor makes the client look like another one: its owner may change it alone. */
const harmless: readonly string[] = [
  'contacts',
  'default_acr_values',
  'default_max_age',
  'require_auth_time',
  'software_version',
];

/** Lists of which a part is no more than the whole was. */
const narrowing: readonly string[] = ['redirect_uris', 'post_logout_redirect_uris', 'grant_types'];

/** All members that differ, in the order of their names. */
export function differences(before: ClientMetadata, after: ClientMetadata): readonly Difference[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .toSorted()
    .filter((member) => !isDeepStrictEqual(before[member], after[member]))
    .map((member) => ({ member, before: before[member] ?? null, after: after[member] ?? null }));
}

/** Whether an administrator has to look at it again. */
export function isMaterial({ member, before, after }: Difference): boolean {
  if (harmless.includes(member)) return false;
  if (member === 'scope') return scopesBeyond(String(after ?? ''), String(before ?? '')).length > 0;
  if (member === 'jwks') return !isPart(keysOf(after), keysOf(before));
  return !(narrowing.includes(member) && isPart(after, before));
}

/** The scopes of a text that do not lie within those of another, and those that are none. */
export function scopesBeyond(text: string, within: string): readonly string[] {
  const { scopes, unknown } = parseScope(text);
  const allowed = parseScope(within).scopes;
  const beyond = scopes.filter((scope) => !narrow([scope], allowed).some((part) => part.text === scope.text));
  return [...beyond, ...unknown].map((scope) => scope.text);
}

/** The keys of a set; undefined where it is none. */
export function keysOf(jwks: unknown): readonly Readonly<Record<string, unknown>>[] | undefined {
  return (jwks as { keys?: Readonly<Record<string, unknown>>[] } | null | undefined)?.keys;
}

/** Whether a list is not empty and holds nothing that the other does not. */
function isPart(part: unknown, whole: unknown): boolean {
  if (!Array.isArray(part) || !Array.isArray(whole) || part.length === 0) return false;
  return part.every((item) => whole.some((other) => isDeepStrictEqual(item, other)));
}

import type { SmartServer } from '@chartgate/client';

/**
 * The scope to ask for where the user names none: to read and search everything. A server that lists its scopes and
 * knows no wildcard, such as OpenEMR, gets the reading scopes that it lists: one it does not know would fail them all.
 */
export function defaultScope({ scopesSupported }: Pick<SmartServer, 'scopesSupported'>): string {
  const system = scopesSupported.filter((scope) => scope.startsWith('system/'));
  if (system.some((scope) => /^system\/\*\.(c?r?u?d?s?|\*)$/.test(scope)) || system.length === 0) return 'system/*.rs';
  if (system.includes('system/*.read')) return 'system/*.read';
  const v2 = system.filter((scope) => /^system\/\w+\.rs$/.test(scope));
  const v1 = system.filter((scope) => /^system\/\w+\.read$/.test(scope));
  return (v2.length > 0 ? v2 : v1).join(' ') || 'system/*.rs';
}

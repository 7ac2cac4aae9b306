import { isLoopbackHost } from './guarded-fetch.ts';

/** Where a redirect URI leads: the one thing about an app that it cannot make up. */
export type Destination = {
  /** Of a web app, as the address bar shows it; absent for an app on the user's own device. */
  readonly host?: string;
  /** What a page's policy must let its forms lead to: an origin, or a scheme with its colon. */
  readonly leadsTo: string;
};

/** @param redirectUri one that its client registered */
export function destinationOf(redirectUri: string): Destination {
  const { protocol, hostname, host, origin } = new URL(redirectUri);
  if (protocol !== 'https:' && protocol !== 'http:') return { leadsTo: protocol };
  const isDevice = isLoopbackHost(hostname.replace(/^\[|\]$/g, ''));
  // a policy has no way to write the address of an IPv6 host
  const leadsTo = hostname.startsWith('[') ? protocol : origin;
  return isDevice ? { leadsTo } : { host, leadsTo };
}

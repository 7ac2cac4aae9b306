import { lookup as dnsLookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Where a host's addresses come from. */
export type Lookup = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export type FetchGuard = {
  /** For development: loopback addresses are allowed, and plain http to them. */
  readonly allowLoopback: boolean;
  readonly lookup?: Lookup;
  /** Longest body, bytes. */
  readonly maxBytes: number;
  /** For everything together, ms. */
  readonly timeout: number;
};

export type FetchedDocument = {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
};

/** Why a document could not be had, in words that tell nothing about the network behind the server. */
export class FetchRefused extends Error {}

/**
 * GETs a URL that a stranger named. Connects only to public addresses, and to the very address that was checked, so
 * that a name cannot point elsewhere in between; follows no redirect; reads at most `maxBytes` within `timeout`.
 * @throws {FetchRefused}
 */
export async function guardedFetch(url: string, guard: FetchGuard): Promise<FetchedDocument> {
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  if (target.username || target.password) throw new FetchRefused('the URL holds a user name or password');
  if (target.protocol !== 'https:' && !(target.protocol === 'http:' && guard.allowLoopback && isLoopbackHost(host))) {
    throw new FetchRefused('the URL must begin with https://');
  }
  // Node asks `lookup` for names only
  if (ipaddr.isValid(host) && !isPublic(host, guard)) throw new FetchRefused('the host is not a public address');
  return get(target, guard);
}

export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback');
}

/** Unicast addresses of the public internet. An IPv4 address inside an IPv6 one counts as what it is. */
export function isPublic(address: string, { allowLoopback }: Pick<FetchGuard, 'allowLoopback'>): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ip = ipaddr.process(address);
  const range = ip.range();
  if (range === 'loopback') return allowLoopback;
  // of IPv6 only 2000::/3 is given out; this leaves out the deprecated ways to write an IPv4 address in IPv6
  return range === 'unicast' && (ip.kind() === 'ipv4' || ((ip.toByteArray()[0] ?? 0) & 0xe0) === 0x20);
}

function get(target: URL, guard: FetchGuard): Promise<FetchedDocument> {
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  const signal = AbortSignal.timeout(guard.timeout);
  return new Promise((resolve, reject) => {
    const refuse = (why: string) => {
      reject(new FetchRefused(why));
      request.destroy();
    };
    const request = send(target, {
      agent: false,
      lookup: checkedLookup(guard),
      signal,
      maxHeaderSize: 16_384,
      headers: { accept: 'application/json, application/jwk-set+json', 'accept-encoding': 'identity' },
    });
    request.on('error', (error) => {
      if (error instanceof FetchRefused) reject(error);
      else if (signal.aborted) reject(new FetchRefused(`no whole answer within ${guard.timeout / 1000} s`));
      else reject(new FetchRefused('the connection failed'));
    });
    request.on('response', (response) => {
      if (response.statusCode !== 200) return refuse(`the answer was ${response.statusCode}, not 200`);
      let size = 0;
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => {
        size += part.length;
        if (size > guard.maxBytes) return refuse(`the document is larger than ${guard.maxBytes} bytes`);
        parts.push(part);
      });
      response.on('error', () =>
        refuse(signal.aborted ? `no whole answer within ${guard.timeout / 1000} s` : 'the answer broke off'),
      );
      response.on('end', () => resolve({ headers: response.headers, text: Buffer.concat(parts).toString('utf8') }));
    });
    request.end();
  });
}

/** The lookup of one connection: every address the name has must be public, then the connection goes to one of them. */
function checkedLookup(guard: FetchGuard): LookupFunction {
  const lookup: Lookup = guard.lookup ?? ((host) => dnsLookup(host, { all: true, verbatim: true }));
  return (host, options, callback) => {
    lookup(host).then(
      (addresses) => {
        const first = addresses[0];
        if (!first) return callback(new FetchRefused('the host is unknown'), []);
        if (!addresses.every(({ address }) => isPublic(address, guard))) {
          return callback(new FetchRefused('the host is not a public address'), []);
        }
        if (options.all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      () => callback(new FetchRefused('the host is unknown'), []),
    );
  };
}

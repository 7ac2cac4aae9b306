import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

type Bucket = { level: number; at: number };

/** A leaky bucket for each address: `burst` at once, then `perMinute`. */
export type RateLimit = { readonly perMinute: number; readonly burst: number };

/**
 * Counts by address in bounded memory (the 10,000 latest addresses; an IPv6 customer's /64 counts as one). Each node
 * counts for itself: a cluster lets through as many times more as it has nodes.
 */
export function rateLimiter({ perMinute, burst }: RateLimit, now: () => number) {
  const buckets = new LRUCache<string, Bucket>({ max: 10_000 });

  function levelOf(key: string): number {
    const bucket = buckets.get(key);
    return bucket === undefined ? 0 : Math.max(0, bucket.level - ((now() - bucket.at) / 60_000) * perMinute);
  }

  return {
    /** Seconds until one more is allowed; 0: now. */
    wait(address: string): number {
      const over = levelOf(networkOf(address)) - (burst - 1);
      return over <= 0 ? 0 : Math.ceil((over / perMinute) * 60);
    },
    count(address: string): void {
      const key = networkOf(address);
      buckets.set(key, { level: levelOf(key) + 1, at: now() });
    },
    /** As if one had not been counted. */
    takeBack(address: string): void {
      const key = networkOf(address);
      buckets.set(key, { level: Math.max(0, levelOf(key) - 1), at: now() });
    },
  };
}

export type RateLimiter = ReturnType<typeof rateLimiter>;

/** What counts as one address. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, 100);
  const ip = ipaddr.process(address);
  return ip.kind() === 'ipv4' ? ip.toString() : ip.toByteArray().slice(0, 8).join('.');
}

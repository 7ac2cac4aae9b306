import { randomUUID } from 'node:crypto';

/** A new logical id: a UUID of version 7, whose time prefix keeps rows made together side by side in the index. */
export function newResourceId(now: number = Date.now()): string {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

import type { StoredVersion } from '../store/ports.ts';

/** What an interaction answers, before it is put on the wire. `body` is JSON text; `location` is relative to the base. */
export type Answer = {
  readonly status: number;
  readonly body?: string;
  readonly version?: number;
  /** ms since the epoch. */
  readonly lastModified?: number;
  readonly location?: string;
};

/** A version of a resource as the answer to a read or a write. */
export function answerWith(status: number, stored: StoredVersion): Answer {
  return { status, body: stored.body, version: stored.version, lastModified: stored.lastUpdated };
}

/** The answer to a write: 201 with its Location where it made the resource. */
export function answerWrite(stored: StoredVersion, created: boolean): Answer {
  if (!created) return answerWith(200, stored);
  return { ...answerWith(201, stored), location: `${stored.type}/${stored.id}/_history/${stored.version}` };
}

import type { StoredVersion } from '../store/ports.ts';

/** What an interaction answers, before it is put on the wire. `body` is JSON text; `location` is relative to the base. */
export type Answer = {
  readonly status: number;
  readonly body?: string;
  readonly version?: number;
  /** ms since the epoch. */
  readonly lastModified?: number;
  /** What a create made, or found. */
  readonly location?: string;
  /** The version that a write's body shows. */
  readonly contentLocation?: string;
  /** What was written, in words: for who prefers an OperationOutcome to the resource. */
  readonly outcome?: string;
  /** The versions that were written, for the audit. */
  readonly written?: readonly StoredVersion[];
};

/** A version of a resource as the answer to a read. */
export function answerWith(status: number, stored: StoredVersion): Answer {
  return { status, body: stored.body, version: stored.version, lastModified: stored.lastUpdated };
}

/** The answer to a write: 201 where it made the resource. @see https://hl7.org/fhir/R4/http.html#ops */
export function answerWrite(stored: StoredVersion, created: boolean): Answer {
  const contentLocation = locationOf(stored);
  const outcome = `${contentLocation} was ${created ? 'created' : 'updated'}.`;
  const answer = { ...answerWith(created ? 201 : 200, stored), contentLocation, outcome, written: [stored] };
  return created ? { ...answer, location: contentLocation } : answer;
}

export function locationOf({ type, id, version }: Pick<StoredVersion, 'type' | 'id' | 'version'>): string {
  return `${type}/${id}/_history/${version}`;
}

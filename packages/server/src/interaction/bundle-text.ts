import type { StoredVersion } from '../store/ports.ts';

/** Bundles are joined from the stored texts: bodies are never parsed on their way out. */
export type BundleLink = { readonly relation: 'self' | 'next' | 'first'; readonly url: string };

export type BundleHead = {
  readonly type: 'searchset' | 'history' | 'batch-response' | 'transaction-response';
  readonly total?: number;
  readonly links?: readonly BundleLink[];
};

/** @param entries JSON texts of the entries */
export function bundleText(head: BundleHead, entries: readonly string[]): string {
  let text = `{"resourceType":"Bundle","type":"${head.type}"`;
  if (head.total !== undefined) text += `,"total":${head.total}`;
  if (head.links) text += `,"link":${JSON.stringify(head.links)}`;
  // One after the other: the engine keeps the pieces, and copies all of them once when they are sent.
  let before = ',"entry":[';
  for (const entry of entries) {
    text += before + entry;
    before = ',';
  }
  return entries.length > 0 ? `${text}]}` : `${text}}`;
}

export function searchEntry(base: string, row: StoredVersion, mode: 'match' | 'include'): string {
  return `{"fullUrl":"${base}/${row.type}/${row.id}","resource":${row.body},"search":{"mode":"${mode}"}}`;
}

/** What there is to tell about a search, as an entry of its answer. @see https://hl7.org/fhir/R4/search.html#errors */
export function outcomeEntry(outcome: object): string {
  return `{"resource":${JSON.stringify(outcome)},"search":{"mode":"outcome"}}`;
}

/** @see https://hl7.org/fhir/R4/http.html#history */
export function historyEntry(base: string, row: StoredVersion): string {
  const url = row.method === 'POST' ? row.type : `${row.type}/${row.id}`;
  const resource = row.method === 'DELETE' ? '' : `"resource":${row.body},`;
  const status = row.method === 'DELETE' ? '204' : row.version === 1 ? '201' : '200';
  const response = { status, etag: `W/"${row.version}"`, lastModified: new Date(row.lastUpdated).toISOString() };
  return `{"fullUrl":"${base}/${row.type}/${row.id}",${resource}"request":{"method":"${row.method}","url":"${url}"},"response":${JSON.stringify(response)}}`;
}

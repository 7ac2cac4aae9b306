import { contentOf, type ResourceContent } from '../json/content.ts';
import type { JsonLimits } from '../json/limits.ts';
import { badRequest, FhirError, tooLarge } from '../outcome/fhir-error.ts';
import { type Issue, issue } from '../outcome/outcome.ts';
import { isResourceId } from '../resource/resource.ts';
import { type Bundle, type BundleEntry, type EntryRequest, isRefused, type RefusedEntry } from './entry.ts';
import { bundleLimits } from './limits.ts';
import { readJson } from './read-json.ts';
import { entryRequest, type RequestContext } from './request.ts';

/** How a bundle is read. */
export type BundleOptions = {
  /** The server's own base URL, without a slash at its end. */
  readonly base?: string;
  /** Entries at most. (Default: 5000) */
  readonly entries?: number;
  /** Bounds of the JSON text. */
  readonly json?: Partial<JsonLimits>;
};

/**
 * Reads the JSON text of a batch or transaction, best from its well-formed UTF-8. Each resource keeps its own piece of it.
 * @throws {FhirError} 400 for broken JSON, for what is no batch or transaction, and for a transaction with an entry
 * that cannot be carried out: each issue names `Bundle.entry[i]…`; 413 for too many entries.
 * @see https://hl7.org/fhir/R4/http.html#transaction
 */
export function parseBundle(source: string | Uint8Array, options: BundleOptions = {}): Bundle {
  const { value, texts } = readJson(source, options.json);
  const { resource: bundle } = contentOf(value, '', 'Bundle');
  if (bundle.resourceType !== 'Bundle') {
    throw badRequest('Expected a Bundle of type batch or transaction.', 'Bundle.resourceType');
  }
  const { type } = bundle;
  if (type !== 'batch' && type !== 'transaction') {
    throw badRequest('Expected the type batch or transaction.', 'Bundle.type');
  }
  const context = { base: options.base };
  const entries = readEntries(context, entriesOf(bundle.entry, options), texts);
  if (type === 'batch') return { type, entries: refuseRepeats(entries, findRepeats(entries, fullUrlOf)) };
  const checked = refuseRepeats(entries, [...findRepeats(entries, fullUrlOf), ...findRepeats(entries, identityOf)]);
  return { type, entries: allOrNothing(checked) };
}

function entriesOf(entries: unknown, options: BundleOptions): readonly unknown[] {
  const limit = options.entries ?? bundleLimits.entries;
  if (entries === undefined) return [];
  if (!Array.isArray(entries)) throw badRequest('Expected an array of entries.', 'Bundle.entry');
  if (entries.length > limit) throw tooLarge(`The Bundle has more than ${limit} entries. Send it in parts.`);
  return entries;
}

function readEntries(
  context: RequestContext,
  entries: readonly unknown[],
  texts: readonly (string | undefined)[],
): readonly (BundleEntry | RefusedEntry)[] {
  return entries.map((entry, index) => {
    try {
      return readEntry(context, entry, index, texts[index]);
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      return { index, refusal: error };
    }
  });
}

function readEntry(context: RequestContext, entry: unknown, index: number, text: string | undefined): BundleEntry {
  const path = `Bundle.entry[${index}]`;
  if (typeof entry !== 'object' || entry === null) throw badRequest('Expected an object.', path);
  const { fullUrl, resource, request }: { fullUrl?: unknown; resource?: unknown; request?: unknown } = entry;
  const checkedRequest = entryRequest(context, request, `${path}.request`);
  const url = fullUrl === undefined ? {} : { fullUrl: absoluteUrl(fullUrl, `${path}.fullUrl`) };
  if (resource === undefined || text === undefined) {
    if (needsResource(checkedRequest)) throw badRequest('Expected a resource.', `${path}.resource`);
    return { index, ...url, request: checkedRequest };
  }
  const content = contentOf(resource, text, `${path}.resource`);
  checkContent(checkedRequest, content, `${path}.resource`);
  return { index, ...url, request: checkedRequest, content };
}

/** @see https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.fullUrl */
function absoluteUrl(value: unknown, path: string): string {
  const isAbsolute = typeof value === 'string' && /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(value);
  if (isAbsolute && !value.includes('/_history/')) return value;
  throw badRequest('Expected an absolute URL without a version, such as urn:uuid:… or https://…/Patient/1.', path);
}

/** An operation may be called without parameters. */
function needsResource({ method, target }: EntryRequest): boolean {
  return (method === 'POST' && target.path.length === 1) || method === 'PUT' || method === 'PATCH';
}

function checkContent({ method, target }: EntryRequest, { resource }: ResourceContent, path: string): void {
  if (method === 'GET' || method === 'HEAD' || method === 'DELETE') {
    throw badRequest(`Expected no resource with ${method}.`, path);
  }
  if (method === 'PATCH' && !isPatch(resource)) {
    throw badRequest('Expected Parameters with a FHIRPath Patch, or a Binary with a JSON Patch.', path);
  }
  if (method === 'PATCH' || target.path.length > 1 + (method === 'PUT' ? 1 : 0)) return;
  if (resource.resourceType !== target.type) {
    throw badRequest(`Expected a ${target.type}, the type that request.url names.`, `${path}.resourceType`);
  }
  if (resource.id !== undefined && (typeof resource.id !== 'string' || !isResourceId(resource.id))) {
    throw badRequest('Expected an id of 1 to 64 letters, digits, "-" and ".".', `${path}.id`);
  }
  if (method === 'PUT' && target.id !== undefined && resource.id !== target.id) {
    throw badRequest('Expected the id that request.url names.', `${path}.id`);
  }
}

/** @see https://hl7.org/fhir/R4/http.html#jsonpatch-transaction */
function isPatch({ resourceType, contentType }: ResourceContent['resource']): boolean {
  return resourceType === 'Parameters' || (resourceType === 'Binary' && contentType === 'application/json-patch+json');
}

function fullUrlOf({ fullUrl }: BundleEntry): { key: string; path: string } | undefined {
  return fullUrl === undefined ? undefined : { key: fullUrl, path: 'fullUrl' };
}

/** What an update or deletion is of: two entries of a transaction may not change the same resource. */
function identityOf({ request: { method, target } }: BundleEntry): { key: string; path: string } | undefined {
  if (method !== 'PUT' && method !== 'PATCH' && method !== 'DELETE') return undefined;
  const key = target.id === undefined ? `${target.type}?${target.query}` : `${target.type}/${target.id}`;
  return { key, path: 'request.url' };
}

/** The later entries that repeat the key of an earlier one. */
function findRepeats(
  entries: readonly (BundleEntry | RefusedEntry)[],
  keyOf: (entry: BundleEntry) => { key: string; path: string } | undefined,
): readonly RefusedEntry[] {
  const first = new Map<string, number>();
  return entries.flatMap((entry) => {
    const identity = isRefused(entry) ? undefined : keyOf(entry);
    if (identity === undefined) return [];
    const earlier = first.get(identity.key);
    if (earlier === undefined) {
      first.set(identity.key, entry.index);
      return [];
    }
    const path = `Bundle.entry[${entry.index}].${identity.path}`;
    const diagnostics = `Bundle.entry[${earlier}] has the same ${identity.path}. Each resource may come once.`;
    return [{ index: entry.index, refusal: new FhirError(400, [issue('duplicate', diagnostics, path)]) }];
  });
}

function refuseRepeats(
  entries: readonly (BundleEntry | RefusedEntry)[],
  repeats: readonly RefusedEntry[],
): readonly (BundleEntry | RefusedEntry)[] {
  if (repeats.length === 0) return entries;
  const refused = new Map(repeats.map((repeat) => [repeat.index, repeat]));
  return entries.map((entry) => refused.get(entry.index) ?? entry);
}

/** @throws {FhirError} 400 with the issues of every refused entry, up to `bundleLimits.issues` */
function allOrNothing(entries: readonly (BundleEntry | RefusedEntry)[]): readonly BundleEntry[] {
  const issues: Issue[] = [];
  const accepted: BundleEntry[] = [];
  for (const entry of entries) {
    if (isRefused(entry)) issues.push(...entry.refusal.issues);
    else accepted.push(entry);
  }
  if (issues.length > 0) throw new FhirError(400, issues.slice(0, bundleLimits.issues));
  return accepted;
}

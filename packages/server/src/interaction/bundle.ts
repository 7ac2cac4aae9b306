import {
  type Bundle,
  type BundleEntry,
  badRequest,
  FhirError,
  type Issue,
  isRefused,
  type RefusedEntry,
} from '@chartgate/fhir';
import type { Answer } from './answer.ts';
import { type BatchEntry, batch } from './batch.ts';
import { issuesOf } from './content.ts';
import { isOperation } from './dispatch.ts';
import { patchOf } from './patched.ts';
import type { Return } from './preference.ts';
import type { FhirContext, FhirRequest } from './request.ts';
import { transaction } from './transaction.ts';

/** Issues that one refusal lists. */
const maxIssues = 50;

/** What the request that brings a bundle prefers; it is meant for each entry. */
export type BundlePreferences = { readonly handling: FhirRequest['handling']; readonly returns: Return };

/**
 * A batch or transaction, read: its resources are validated here, by the same rules as single ones.
 * @throws {FhirError} 400 for a transaction with an invalid resource, naming each by `Bundle.entry[i]`
 */
export async function bundle(read: Bundle, prefer: BundlePreferences, context: FhirContext): Promise<Answer> {
  const options = { base: context.base, returns: prefer.returns };
  if (read.type === 'batch') {
    const entries = read.entries.map((entry) => batchEntry(entry, prefer.handling));
    return batch(entries, options, context);
  }
  const issues = read.entries.flatMap(entryIssues);
  if (issues.length > 0) throw new FhirError(400, issues.slice(0, maxIssues));
  const entries = read.entries.map((entry) => ({ entry, request: requestOf(entry, prefer.handling) }));
  return transaction(entries, options, context);
}

function batchEntry(entry: BundleEntry | RefusedEntry, handling: FhirRequest['handling']): BatchEntry {
  if (isRefused(entry)) return entry;
  const issues = entryIssues(entry);
  if (issues.length > 0) return { refusal: new FhirError(400, issues.slice(0, maxIssues)) };
  try {
    return { request: requestOf(entry, handling), isHead: entry.request.method === 'HEAD' };
  } catch (error) {
    if (error instanceof FhirError) return { refusal: error };
    throw error;
  }
}

/** What is wrong with an entry's resource; paths start at the bundle. What an operation takes, it validates itself. */
function entryIssues({ index, content, request }: BundleEntry): readonly Issue[] {
  if (!content || isOperation(request.target.path)) return [];
  return issuesOf(content).map((found) => ({
    ...found,
    expression: (found.expression ?? []).map((path) => path.replace(/^\w+/, `Bundle.entry[${index}].resource`)),
  }));
}

/** The request that an entry stands for. @throws {FhirError} 400 for a patch that cannot be read */
function requestOf({ request, content, index }: BundleEntry, handling: FhirRequest['handling']): FhirRequest {
  const { method, target, ifMatch, ifNoneMatch, ifModifiedSince, ifNoneExist } = request;
  const { path, query = '' } = target;
  if (path.length === 0) throw noSystemSearch(index);
  return {
    method: method === 'HEAD' ? 'GET' : method,
    path,
    query: [...new URLSearchParams(query)],
    handling,
    ...(method === 'PATCH' && content ? { patch: patchOf(content) } : content ? { content } : {}),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
    ...(ifModifiedSince === undefined ? {} : { ifModifiedSince }),
    ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
  };
}

function noSystemSearch(index: number): FhirError {
  return badRequest('Expected a type in the url: a search is of one type.', `Bundle.entry[${index}].request.url`);
}

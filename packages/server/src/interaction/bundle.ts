import {
  type Bundle,
  type BundleEntry,
  FhirError,
  type Issue,
  isRefused,
  issue,
  type RefusedEntry,
  validate,
} from '@chartgate/fhir';
import type { Answer } from './answer.ts';
import { type BatchEntry, batch } from './batch.ts';
import type { FhirContext, FhirRequest } from './dispatch.ts';
import { transaction } from './transaction.ts';

/** Issues that one refusal lists. */
const maxIssues = 50;

/**
 * A batch or transaction, read: its resources are validated here, by the same rules as single ones.
 * @throws {FhirError} 400 for a transaction with an invalid resource, naming each by `Bundle.entry[i]`
 */
export function bundle(read: Bundle, handling: FhirRequest['handling'], context: FhirContext): Promise<Answer> {
  if (read.type === 'batch') {
    return batch(
      read.entries.map((entry) => batchEntry(entry, handling)),
      context,
    );
  }
  const issues = read.entries.flatMap(entryIssues);
  if (issues.length > 0) throw new FhirError(400, issues.slice(0, maxIssues));
  return transaction(
    read.entries.map((entry) => ({ entry, request: requestOf(entry, handling) })),
    context,
  );
}

function batchEntry(entry: BundleEntry | RefusedEntry, handling: FhirRequest['handling']): BatchEntry {
  if (isRefused(entry)) return entry;
  const issues = entryIssues(entry);
  if (issues.length > 0) return { refusal: new FhirError(400, issues.slice(0, maxIssues)) };
  try {
    return { request: requestOf(entry, handling) };
  } catch (error) {
    if (error instanceof FhirError) return { refusal: error };
    throw error;
  }
}

/** What is wrong with an entry's resource; paths start at the bundle. */
function entryIssues({ index, content }: BundleEntry): readonly Issue[] {
  if (!content) return [];
  return validate(content.resource)
    .filter((found) => found.severity === 'error' || found.severity === 'fatal')
    .map((found) => ({
      ...found,
      expression: (found.expression ?? []).map((path) => path.replace(/^\w+/, `Bundle.entry[${index}].resource`)),
    }));
}

/** @throws {FhirError} 400 for what a single request could do and an entry cannot yet */
function requestOf(entry: BundleEntry, handling: FhirRequest['handling']): FhirRequest {
  const { method, target, ifMatch, ifNoneExist } = entry.request;
  if (method === 'HEAD' || method === 'PATCH') throw notYet(entry.index, `the method ${method}`);
  if (method !== 'GET' && target.query !== undefined) throw notYet(entry.index, 'a condition in the URL');
  const { type, id, history, versionId, query } = target;
  const path = [type, id, history ? '_history' : undefined, versionId].filter((segment) => segment !== undefined);
  return {
    method,
    path,
    query: [...new URLSearchParams(query ?? '')],
    handling,
    ...(entry.content ? { content: entry.content } : {}),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
  };
}

function notYet(index: number, what: string): FhirError {
  return new FhirError(400, [
    issue('not-supported', `Expected another request: ${what} is not supported in a Bundle.`, `Bundle.entry[${index}]`),
  ]);
}

import { setImmediate } from 'node:timers/promises';
import { type Bundle, type BundleEntry, FhirError, isRefused, type RefusedEntry } from '@chartgate/fhir';
import type { Answer } from './answer.ts';
import { type BatchEntry, batch } from './batch.ts';
import { refusalOf } from './content.ts';
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
 * @throws {FhirError} 400 for a transaction with an invalid resource, naming each by `Bundle.entry[i]`; 422 where all that
 * is wrong is that profiles are not met
 */
export async function bundle(read: Bundle, prefer: BundlePreferences, context: FhirContext): Promise<Answer> {
  const options = { base: context.base, returns: prefer.returns };
  const refusals = await refusalsOf(read.entries, context);
  if (read.type === 'batch') {
    const entries = read.entries.map((entry, at) => batchEntry(entry, refusals[at], prefer.handling));
    return batch(entries, options, context);
  }
  const refused = refusals.filter((one) => one !== undefined);
  if (refused.length > 0) throw inOne(refused);
  const entries = read.entries.map((entry) => ({ entry, request: requestOf(entry, prefer.handling) }));
  return transaction(entries, options, context);
}

function inOne(refusals: readonly FhirError[]): FhirError {
  const issues = refusals.flatMap((refusal) => refusal.issues);
  return new FhirError(refusals.some(({ status }) => status === 400) ? 400 : 422, issues.slice(0, maxIssues));
}

function batchEntry(
  entry: BundleEntry | RefusedEntry,
  refusal: FhirError | undefined,
  handling: FhirRequest['handling'],
): BatchEntry {
  if (isRefused(entry)) return entry;
  if (refusal) return { refusal };
  try {
    return { request: requestOf(entry, handling), isHead: entry.request.method === 'HEAD' };
  } catch (error) {
    if (error instanceof FhirError) return { refusal: error };
    throw error;
  }
}

/** Entries that are checked against profiles before others get their turn. */
const atOnce = 20;

/** Why entries cannot be written, at their places. */
async function refusalsOf(
  entries: readonly (BundleEntry | RefusedEntry)[],
  context: FhirContext,
): Promise<readonly (FhirError | undefined)[]> {
  const refusals: (FhirError | undefined)[] = [];
  for (const [at, entry] of entries.entries()) {
    if (context.validation === 'profiles' && at % atOnce === atOnce - 1) await setImmediate();
    refusals.push(isRefused(entry) ? undefined : entryRefusal(entry, context));
  }
  return refusals;
}

/** What is wrong with an entry's resource; paths start at the bundle. What an operation takes, it validates itself. */
function entryRefusal({ index, content, request }: BundleEntry, context: FhirContext): FhirError | undefined {
  if (!content || isOperation(request.target.path)) return undefined;
  const { conformance, validation } = context;
  // A patch is read and not kept.
  const refused = refusalOf(content, {
    conformance,
    validation: request.method === 'PATCH' ? 'structure' : validation,
  });
  const issues = refused?.issues.slice(0, maxIssues).map((found) => ({
    ...found,
    expression: (found.expression ?? []).map((path) => path.replace(/^\w+/, `Bundle.entry[${index}].resource`)),
  }));
  return refused && issues && new FhirError(refused.status, issues);
}

/** The request that an entry stands for. @throws {FhirError} 400 for a patch that cannot be read */
function requestOf({ request, content }: BundleEntry, handling: FhirRequest['handling']): FhirRequest {
  const { method, target, ifMatch, ifNoneMatch, ifModifiedSince, ifNoneExist } = request;
  const { path, query = '' } = target;
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

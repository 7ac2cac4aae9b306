import { parseReference } from '../../reference/parse.ts';
import { targetInBundle } from './bundle-scope.ts';
import { type Item, objectOf } from './item.ts';
import { containedResource, referenceText } from './reference-target.ts';

/**
 * What holds for every Reference: a link to a contained resource leads somewhere, the stated type is the target's, and
 * within a document or message the target is there.
 * @see https://hl7.org/fhir/R4/references.html
 */
export function inspectReference(item: Item): void {
  const { run } = item.scope;
  const reference = referenceText(item);
  if (reference === undefined) return;
  const stated = objectOf(item.value)?.type;
  const { type } = parseReference(reference);
  if (typeof stated === 'string' && type !== undefined && stated !== type) {
    const text = 'Reference.type says another type than Reference.reference.';
    run.add({ severity: 'error', code: 'invalid', text, at: item });
  }
  if (reference.startsWith('#')) inspectContainedLink(item, reference.slice(1));
  else inspectBundleLink(item, reference);
}

function inspectContainedLink(item: Item, id: string): void {
  const { scope } = item;
  // `#` alone is the resource around, as seen from a contained one.
  if (id === '' ? scope.isContained : containedResource(scope, id)) return;
  const text = 'ref-1: The reference names a contained resource that is not there.';
  scope.run.add({ severity: 'error', code: 'invariant', text, at: item });
}

/** Bundles that say all they mean by themselves. @see https://hl7.org/fhir/R4/documents.html */
const selfContained: ReadonlySet<unknown> = new Set(['document', 'message']);

function inspectBundleLink(item: Item, reference: string): void {
  const { bundle, fullUrl, run } = item.scope;
  if (!bundle) return;
  const { kind } = targetInBundle(bundle, reference, fullUrl);
  const isClosed = selfContained.has(bundle.type);
  if (kind === 'several' && isClosed) {
    const text = 'Several entries of the Bundle match this reference. Name a version in it.';
    run.add({ severity: 'error', code: 'multiple-matches', text, at: item });
  } else if (kind === 'elsewhere' && isClosed) {
    const text = 'The Bundle has a resource of this type and id, but its fullUrl is not the one this reference means.';
    run.add({ severity: 'error', code: 'not-found', text, at: item });
  } else if (kind === 'none' && /^urn:(uuid|oid):/.test(reference)) {
    const text = 'No entry of the Bundle has the fullUrl that this reference names.';
    run.add({ severity: isClosed ? 'error' : 'warning', code: 'not-found', text, at: item });
  }
}

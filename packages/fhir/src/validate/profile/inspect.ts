import { inspectAttachment } from './attachment.ts';
import { inspectBundle } from './bundle.ts';
import { inspectContained } from './contained.ts';
import { inspectExtension } from './extension.ts';
import { innerResource } from './inner-resource.ts';
import { allChildItems, type Item, isResourceItem, objectOf } from './item.ts';
import { inspectNarrative } from './narrative.ts';
import { inspectReference } from './reference.ts';
import { inspectUri } from './uri.ts';

/**
 * Checks what R4 says of every resource, whichever its profiles: references, extensions, contained resources, entries
 * of bundles, narratives, ids.
 * @returns the resource and all that are inside of it, each with its own scope
 */
export function inspect(resource: Item): readonly Item[] {
  return inspectResource(resource, new Set());
}

function inspectResource(resource: Item, links: Set<string>): readonly Item[] {
  const found: Found = { ids: new Set(), links, resources: [resource] };
  inspectElement(resource, found);
  if (!resource.scope.isContained) inspectContained(resource, links);
  if (resource.type === 'Bundle') inspectBundle(resource);
  return found.resources;
}

type Found = {
  /** Ids of elements. "Unique within the resource, not across contained ones." */
  readonly ids: Set<string>;
  /** Links to contained resources, such as `#a`. */
  readonly links: Set<string>;
  readonly resources: Item[];
};

function inspectElement(item: Item, found: Found): void {
  if (!item.scope.run.spend(item)) return;
  inspectId(item, found);
  switch (item.type) {
    case 'Extension':
      inspectExtension(item);
      break;
    case 'Reference':
      inspectReference(item);
      break;
    case 'Narrative':
      inspectNarrative(item);
      break;
    case 'Attachment':
      inspectAttachment(item);
      break;
    case 'uri':
    case 'url':
    case 'canonical':
      inspectUri(item);
      noteLink(item, found);
      break;
    default:
      noteLink(item, found);
  }
  if (typeof item.value !== 'object' && item.companion === undefined) return;
  inspectInside(item, found);
}

/** Any text may be a link to a contained resource: which of them are depends on what it stands in. */
function noteLink(item: Item, found: Found): void {
  if (typeof item.value === 'string' && item.value.startsWith('#')) found.links.add(item.value);
}

function inspectInside(item: Item, found: Found): void {
  for (const child of allChildItems(item)) {
    if (!isResourceItem(child)) inspectElement(child, found);
    else {
      const inner = innerResource(child);
      // A contained resource may be linked to from other contained ones.
      const links = inner.scope.isContained ? found.links : new Set<string>();
      for (const resource of inspectResource(inner, links)) found.resources.push(resource);
    }
  }
}

/** @see https://hl7.org/fhir/R4/element.html#id */
function inspectId(item: Item, { ids }: Found): void {
  // In a StructureDefinition an element has one id in the snapshot and in the differential.
  if (isResourceItem(item) || item.type === 'ElementDefinition') return;
  const id = objectOf(item.value)?.id ?? objectOf(item.companion)?.id;
  if (typeof id !== 'string') return;
  const text = 'Another element of this resource has the same id. Ids of elements are unique within a resource.';
  if (ids.has(id)) item.scope.run.add({ severity: 'error', code: 'business-rule', text, at: item });
  ids.add(id);
}

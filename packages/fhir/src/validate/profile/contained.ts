import { childItems, type Item, objectOf } from './item.ts';

/**
 * The rules of contained resources: each has an id of its own, contains no others, is linked to, and has neither
 * version nor security labels.
 * @param links every link to a contained resource, such as `#a`, in the resource and in what it contains
 * @see https://hl7.org/fhir/R4/references.html#contained
 */
export function inspectContained(resource: Item, links: ReadonlySet<string>): void {
  const ids = new Set<string>();
  for (const item of childItems(resource, 'contained')) {
    const { id, contained, meta } = objectOf(item.value) ?? {};
    const { versionId, lastUpdated, security } = objectOf(meta) ?? {};
    const broken: (string | false)[] = [
      contained !== undefined && 'dom-2: A contained resource may not contain others. Put them beside it.',
      (versionId !== undefined || lastUpdated !== undefined) &&
        'dom-4: A contained resource has neither meta.versionId nor meta.lastUpdated.',
      security !== undefined && 'dom-5: A contained resource has no security labels of its own.',
      typeof id !== 'string' && 'A contained resource needs an id, so that it can be linked to.',
      typeof id === 'string' && ids.has(id) && 'Another contained resource has the same id.',
      typeof id === 'string' &&
        !links.has(`#${id}`) &&
        !linksToContainer(item) &&
        'dom-3: Nothing links to this contained resource by #id, nor does it link to the one around it by #.',
    ];
    if (typeof id === 'string') ids.add(id);
    for (const text of broken) {
      if (text !== false) item.scope.run.add({ severity: 'error', code: 'invariant', text, at: item });
    }
  }
}

/** Whether `#`, the resource around, is linked to. The search is bounded: what is deep is refused before. */
function linksToContainer(item: Item): boolean {
  const open: unknown[] = [item.value];
  while (open.length > 0) {
    const value = open.pop();
    if (value === '#') return true;
    if (typeof value !== 'object' || value === null) continue;
    for (const inner of Object.values(value)) open.push(inner);
  }
  return false;
}

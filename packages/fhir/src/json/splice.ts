import { type Edit, edited, visitMembers } from './slice.ts';

/** What the server sets on a stored resource. `lastUpdated` is a FHIR instant such as `2026-01-31T09:30:00.000Z`. */
export type Version = { readonly id: string; readonly versionId: string; readonly lastUpdated: string };

type Place = { readonly start: number; readonly end: number };

/**
 * The compact JSON text of a resource with `id`, `meta.versionId` and `meta.lastUpdated` set and all else as written,
 * by splicing: the text is never parsed and printed. What is missing comes behind `resourceType`.
 */
export function spliceVersion(text: string, version: Version): string {
  let type: Place | undefined;
  let id: Place | undefined;
  let meta: Place | undefined;
  visitMembers(text, 0, (name, start, end) => {
    if (name === 'resourceType') type = { start, end };
    else if (name === 'id') id = { start, end };
    else if (name === 'meta') meta = { start, end };
    return type !== undefined && id !== undefined && meta !== undefined;
  });
  if (type === undefined) throw new TypeError('Only the text of a resource can be given a version');
  const added =
    (id === undefined ? `,"id":${JSON.stringify(version.id)}` : '') +
    (meta === undefined ? `,"meta":{${versionMembers(version)}}` : '');
  const edits: Edit[] = added === '' ? [] : [{ start: type.end, end: type.end, text: added }];
  if (id !== undefined) edits.push({ ...id, text: JSON.stringify(version.id) });
  if (meta !== undefined) edits.push(...metaEdits(text, meta, version));
  return edited(text, edits);
}

function metaEdits(text: string, meta: Place, version: Version): readonly Edit[] {
  if (text[meta.start] !== '{') return [{ ...meta, text: `{${versionMembers(version)}}` }];
  const edits: Edit[] = [];
  let added = '';
  const missing = new Set(['versionId', 'lastUpdated']);
  visitMembers(text, meta.start, (name, start, end) => {
    if (name !== 'versionId' && name !== 'lastUpdated') return false;
    edits.push({ start, end, text: JSON.stringify(version[name]) });
    missing.delete(name);
    return missing.size === 0;
  });
  if (missing.has('versionId')) added += `"versionId":${JSON.stringify(version.versionId)},`;
  if (missing.has('lastUpdated')) added += `"lastUpdated":${JSON.stringify(version.lastUpdated)},`;
  const isEmpty = text[meta.start + 1] === '}';
  const inside = meta.start + 1;
  if (added !== '') edits.push({ start: inside, end: inside, text: isEmpty ? added.slice(0, -1) : added });
  return edits;
}

function versionMembers(version: Version): string {
  return `"versionId":${JSON.stringify(version.versionId)},"lastUpdated":${JSON.stringify(version.lastUpdated)}`;
}

import type { ResourceContent } from './content.ts';
import { type LinkPlace, uriMembers, visitLinks } from './link.ts';
import { type Edit, edited } from './slice.ts';

/** What a link is to be instead; undefined where it stays. */
type Resolve = (value: string, place: LinkPlace) => string | undefined;

/**
 * A resource with its links replaced by what `resolve` answers, in text and object alike; links for which it answers
 * undefined stay as written. `resolve` answers the same for the same link. The text is edited in place, never printed from the
 * object; of the object, what does not change is shared with the one given.
 */
export function rewriteReferences(content: ResourceContent, resolve: Resolve): ResourceContent {
  return rewrittenQuickly(content, resolve) ?? rewritten(content, resolve);
}

/** What most resources link by: members `reference` whose text stands in the JSON as it is. Undefined for any other. */
function rewrittenQuickly(content: ResourceContent, resolve: Resolve): ResourceContent | undefined {
  const walk = new QuickWalk(content.text, resolve);
  const resource = walk.object(content.resource);
  if (walk.isOther) return undefined;
  return walk.edits.length === 0 ? content : { resource, text: edited(content.text, walk.edits) };
}

/** What no string of the text holds: a quote in one has a backslash before it, and names have no escapes. */
const opening = '"reference":"';

/**
 * Exchanges the references of an object, as `relinked` does, until it meets a link of another kind that is exchanged. It
 * meets them in the order in which the text has them, which is read beside it.
 */
class QuickWalk {
  readonly edits: Edit[] = [];
  /** There is a link that only a look at the whole text finds, or there may be one. */
  isOther = false;
  private at = 0;
  private readonly json: string;
  private readonly resolve: Resolve;

  constructor(json: string, resolve: Resolve) {
    this.json = json;
    this.resolve = resolve;
  }

  object<T extends Readonly<Record<string, unknown>>>(value: T): T {
    let copy: T | undefined;
    for (const name in value) {
      const member: unknown = value[name];
      let next = member;
      if (typeof member === 'string') next = this.text(name, member);
      else if (Array.isArray(member)) next = this.array(name, member);
      else if (typeof member === 'object' && member !== null) next = this.object(member as Record<string, unknown>);
      if (next === member) continue;
      copy ??= { ...value };
      (copy as Record<string, unknown>)[name] = next;
    }
    return copy ?? value;
  }

  private array(name: string, items: readonly unknown[]): readonly unknown[] {
    let copy: unknown[] | undefined;
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      let next = item;
      if (typeof item === 'string') this.isOther ||= isLinkMember(name);
      else if (Array.isArray(item)) next = this.array('', item);
      else if (typeof item === 'object' && item !== null) next = this.object(item as Record<string, unknown>);
      if (next === item) continue;
      copy ??= items.slice();
      copy[i] = next;
    }
    return copy ?? items;
  }

  private text(name: string, value: string): string {
    if (name === 'reference') return this.reference(value);
    if (name === 'div') this.isOther ||= value.includes('href') || value.includes('src');
    else if (uriMembers.has(name)) this.isOther ||= (this.resolve(value, 'uri') ?? value) !== value;
    return value;
  }

  private reference(value: string): string {
    const { json } = this;
    const found = json.indexOf(opening, this.at);
    const start = found + opening.length;
    const end = start + value.length;
    // Where it is written with escapes, for one, it is not found like this.
    this.isOther ||= found < 0 || !json.startsWith(value, start) || json[end] !== '"';
    this.at = end;
    const target = this.resolve(value, 'reference');
    if (target === undefined || target === value) return value;
    this.edits.push({ start, end, text: JSON.stringify(target).slice(1, -1) });
    return target;
  }
}

function isLinkMember(name: string): boolean {
  return name === 'reference' || name === 'div' || uriMembers.has(name);
}

function rewritten(content: ResourceContent, resolve: Resolve): ResourceContent {
  const edits: Edit[] = [];
  const targets: Record<LinkPlace, Map<string, string>> = {
    reference: new Map(),
    uri: new Map(),
    narrative: new Map(),
  };
  visitLinks(content.text, ({ place, value, start, end }) => {
    const target = resolve(value, place);
    if (target === undefined || target === value) return;
    edits.push({ start, end, text: JSON.stringify(target).slice(1, -1) });
    targets[place].set(value, target);
  });
  if (edits.length === 0) return content;
  const text = edited(content.text, edits);
  // A narrative's links are found in its escaped text, so its object is read from there.
  const resource = targets.narrative.size > 0 ? JSON.parse(text) : relinked(content.resource, targets);
  return { resource, text };
}

type Targets = Readonly<Record<LinkPlace, ReadonlyMap<string, string>>>;

/** A copy in which links are exchanged; objects and arrays without any are the same as before. */
function relinked<T extends Readonly<Record<string, unknown>>>(value: T, targets: Targets): T {
  let copy: T | undefined;
  for (const name of Object.keys(value)) {
    const member = value[name];
    const next = Array.isArray(member) ? relinkedArray(name, member, targets) : relinkedMember(name, member, targets);
    if (next !== member) copy = Object.assign(copy ?? { ...value }, { [name]: next });
  }
  return copy ?? value;
}

function relinkedArray(name: string, items: readonly unknown[], targets: Targets): readonly unknown[] {
  // As in the text: links are the strings and nulls that the array starts with. In FHIR there is nothing behind them.
  const end = items.findIndex((item) => typeof item !== 'string' && item !== null);
  const next = items.map((item, i) => relinkedMember(end < 0 || i < end ? name : '', item, targets));
  return next.some((item, i) => item !== items[i]) ? next : items;
}

function relinkedMember(name: string, value: unknown, targets: Targets): unknown {
  if (typeof value === 'string') return linkOf(name, value, targets);
  if (Array.isArray(value)) return relinkedArray('', value, targets);
  return isObject(value) ? relinked(value, targets) : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function linkOf(name: string, value: string, targets: Targets): string {
  if (name === 'reference') return targets.reference.get(value) ?? value;
  return targets.uri.size > 0 && uriMembers.has(name) ? (targets.uri.get(value) ?? value) : value;
}

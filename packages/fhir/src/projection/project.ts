import { valueEnd, visitElements, visitMembers } from '../json/slice.ts';
import type { Projection } from './projection.ts';
import { type Kept, type Shape, shapeOf } from './shape.ts';

const tag =
  '{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED","display":"subsetted"}';

/** A projection of resource texts, with what it keeps of each type worked out once. */
export type Projector = (type: string, text: string) => string;

/**
 * Makes a projector: from the compact JSON text of a stored resource it cuts what is not to be shown, by slicing; what
 * is shown stays as written. The tag SUBSETTED tells that it is a part.
 * @see https://hl7.org/fhir/R4/search.html#summary
 */
export function projector(projection: Projection): Projector {
  const shapes = new Map<string, Shape | undefined>();
  return (type, text) => {
    if (!shapes.has(type)) shapes.set(type, shapeOf(projection, type));
    const shape = shapes.get(type);
    return marked(shape ? picked(text, 0, shape) : withoutText(text));
  };
}

/** The object at `start` with what `shape` keeps; empty text where nothing is left. */
function picked(text: string, start: number, shape: Shape): string {
  const members: string[] = [];
  visitMembers(text, start, (name, from, to) => {
    const kept = shape.get(name);
    const value = kept === undefined ? '' : valueText(text, from, to, kept);
    if (value !== '') members.push(`"${name}":${value}`);
    return false;
  });
  return members.length === 0 ? '' : `{${members.join(',')}}`;
}

function valueText(text: string, from: number, to: number, kept: Kept): string {
  if (kept === 'whole') return text.slice(from, to);
  if (text[from] === '{') return picked(text, from, kept);
  if (text[from] !== '[') return text.slice(from, to);
  const items: string[] = [];
  visitElements(text, from, (at) => {
    const end = valueEnd(text, at);
    const item = text[at] === '{' ? picked(text, at, kept) : text.slice(at, end);
    if (item !== '') items.push(item);
    return end;
  });
  return items.length === 0 ? '' : `[${items.join(',')}]`;
}

function withoutText(text: string): string {
  const members: string[] = [];
  visitMembers(text, 0, (name, from, to) => {
    if (name !== 'text') members.push(`"${name}":${text.slice(from, to)}`);
    return false;
  });
  return `{${members.join(',')}}`;
}

/** The text with the tag in its `meta`, which every stored resource has. */
function marked(text: string): string {
  let meta = -1;
  let tags = -1;
  visitMembers(text, 0, (name, from) => {
    if (name === 'meta') meta = from;
    return meta >= 0;
  });
  if (meta < 0 || text[meta] !== '{') return text;
  visitMembers(text, meta, (name, from) => {
    if (name === 'tag' && text[from] === '[') tags = from;
    return tags >= 0;
  });
  const at = (tags < 0 ? meta : tags) + 1;
  const isEmpty = text[at] === '}' || text[at] === ']';
  const added = tags < 0 ? `"tag":[${tag}]` : tag;
  return `${text.slice(0, at)}${added}${isEmpty ? '' : ','}${text.slice(at)}`;
}

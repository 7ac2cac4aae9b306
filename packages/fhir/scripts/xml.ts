import { dataType } from '../src/definitions/element.ts';
import { isPrimitive, isResourceType, typeDefinition } from '../src/definitions/type.ts';

/** An element of an XML text, without namespaces. `source` is its text with all markup. */
export type XmlElement = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
  readonly source: string;
};

const piece =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/y;

type Open = XmlElement & { readonly children: XmlElement[]; text: string; source: string; readonly start: number };

/** Reads the XML of published test suites: trusted, well-formed, without a document type. */
export function parseXml(xml: string): XmlElement {
  const root: Open = { name: '', attributes: {}, children: [], text: '', source: '', start: 0 };
  const open: Open[] = [root];
  const close = (end: number) => {
    const element = open.pop()!;
    element.source = xml.slice(element.start, end);
  };
  for (let at = xml.startsWith('\ufeff') ? 1 : 0; at < xml.length; at = piece.lastIndex) {
    piece.lastIndex = at;
    const match = piece.exec(xml);
    if (!match) throw new Error(`The XML cannot be read at ${at}`);
    const [, cdata, slash, name, attributes = '', empty, text] = match;
    const inside = open.at(-1)!;
    if (cdata !== undefined) inside.text += cdata;
    else if (text !== undefined) inside.text += decoded(text);
    else if (slash === '/') close(piece.lastIndex);
    else if (name !== undefined) {
      const element = { name, attributes: attributesOf(attributes), children: [], text: '', source: '', start: at };
      inside.children.push(element);
      open.push(element);
      if (empty === '/') close(piece.lastIndex);
    }
  }
  return root.children[0]!;
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name = '', double, single]) => [
      name,
      decoded(double ?? single ?? ''),
    ]),
  );
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (_, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? '';
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

type Json = Record<string, unknown>;

/** The JSON of a resource in XML, decimals as written where the caller's `number` keeps them. */
export function resourceOfXml(element: XmlElement, number: (text: string) => unknown = Number): Json {
  return { resourceType: element.name, ...membersOf(element, element.name, number) };
}

function membersOf(element: XmlElement, type: string, number: (text: string) => unknown): Json {
  const json: Json = {};
  for (const name of ['id', 'url']) {
    const value = element.attributes[name];
    if (value !== undefined) json[name] = value;
  }
  for (const { name, types, max } of typeDefinition(type).elements) {
    for (const { name: typeName, member } of types) {
      const found = element.children.filter((child) => child.name === member);
      if (found.length > 0) addMember(json, { member, isList: max > 1, type: dataType(typeName), name, number }, found);
    }
  }
  return json;
}

type Member = {
  readonly member: string;
  readonly name: string;
  readonly isList: boolean;
  readonly type: string;
  readonly number: (text: string) => unknown;
};

function addMember(json: Json, { member, isList, type, number }: Member, found: readonly XmlElement[]): void {
  if (!isPrimitive(type)) {
    const values = found.map((child) => complexOf(child, type, number));
    json[member] = isList ? values : values[0];
    return;
  }
  const values = found.map((child) => primitiveOf(child, type, number));
  const companions = found.map(companionOf(number));
  if (values.some((value) => value !== null)) json[member] = isList ? values : values[0];
  if (companions.some((companion) => companion !== null)) json[`_${member}`] = isList ? companions : companions[0];
}

function complexOf(child: XmlElement, type: string, number: (text: string) => unknown): Json {
  if (type !== 'Resource') return membersOf(child, type, number);
  return resourceOfXml(child.children.find(({ name }) => isResourceType(name))!, number);
}

function primitiveOf(child: XmlElement, type: string, number: (text: string) => unknown): unknown {
  if (type === 'xhtml') return child.source;
  const { value } = child.attributes;
  if (value === undefined) return null;
  if (type === 'boolean') return value === 'true';
  return /^(?:decimal|integer|positiveInt|unsignedInt)$/.test(type) ? number(value) : value;
}

function companionOf(number: (text: string) => unknown): (child: XmlElement) => Json | null {
  return (child) => {
    if (child.name === 'div') return null;
    const json = membersOf(child, 'Element', number);
    return Object.keys(json).length > 0 ? json : null;
  };
}

import { type JsonLimits, jsonLimits } from './limits.ts';

/** A member that each element of a list of the outermost object may have, such as `entry` and `resource`. */
export type ListMember = { readonly list: string; readonly member: string };

/** Compact JSON; apart from it, and `0` in its place, the member of each element of the list, where the element has it. */
export type CompactParts = { readonly text: string; readonly parts: readonly (string | undefined)[] };

/**
 * What `compactJson` makes of a text, made of its UTF-8 bytes: several times as fast, which counts for bundles. Undefined
 * for what that refuses, and for some rare forms that it takes: ask it then, for it also says where and why.
 * @param source well-formed UTF-8
 */
export function compactBytes(
  source: Uint8Array,
  limits: Partial<JsonLimits>,
  of: ListMember,
): CompactParts | undefined {
  try {
    return new Scanner(source, { ...jsonLimits, ...limits }, of).document();
  } catch (error) {
    if (error === refusal) return undefined;
    throw error;
  }
}

/** Thrown without a stack: what is wrong is found out by `compactJson`. */
const refusal = Symbol('not as it should be');

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Names are compared one by one: an object with more is left to `compactJson`. */
const mostMembers = 200;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const forbiddenName = bytesOf('__proto__');
const simpleEscapes: ReadonlySet<number> = new Set(bytesOf('"\\/bfnrt'));

/** Bytes of output whose place is kept for the next text: nothing of it is in use once a text is read. */
const mostKept = 8_000_000;
let kept = new Uint8Array(0);

function room(length: number): Uint8Array {
  if (length > mostKept) return new Uint8Array(length);
  if (kept.length < length) kept = new Uint8Array(Math.min(2 * length, mostKept));
  return kept;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Longer than a file should be: all of it is one walk over one state. */
class Scanner {
  private readonly source: Uint8Array;
  private readonly out: Uint8Array;
  private readonly limits: JsonLimits;
  private readonly list: Uint8Array;
  private readonly member: Uint8Array;
  /** Start and end in the output of each element's member; -1 where it has none. */
  private readonly places: number[] = [];
  private isInList = false;
  /** Offset in the source. */
  private at = 0;
  /** Offset in the output. */
  private to = 0;
  private depth = 0;
  private elements = 0;
  /** Names of all open objects, one behind another: hash, and start and end in the output. */
  private readonly hashes: number[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private names = 0;

  constructor(source: Uint8Array, limits: JsonLimits, of: ListMember) {
    this.source = source;
    this.out = room(source.length);
    this.limits = limits;
    this.list = bytesOf(of.list);
    this.member = bytesOf(of.member);
  }

  document(): CompactParts {
    this.space();
    this.value();
    this.space();
    if (this.at < this.source.length) throw refusal;
    return { parts: this.parts(), text: this.rest() };
  }

  private parts(): (string | undefined)[] {
    const { out, places } = this;
    const parts: (string | undefined)[] = [];
    for (let i = 0; i < places.length; i += 2) {
      const [start, end] = [places[i] as number, places[i + 1] as number];
      parts.push(start < 0 ? undefined : decoder.decode(out.subarray(start, end)));
    }
    return parts;
  }

  /** What stands between the parts is moved together. */
  private rest(): string {
    const { out, places } = this;
    let [from, to] = [0, 0];
    const move = (end: number) => {
      out.copyWithin(to, from, end);
      to += end - from;
    };
    for (let i = 0; i < places.length; i += 2) {
      if ((places[i] as number) < 0) continue;
      move(places[i] as number);
      from = places[i + 1] as number;
      out[to++] = 0x30;
    }
    move(this.to);
    return decoder.decode(out.subarray(0, to));
  }

  private space(): void {
    const { source } = this;
    let { at } = this;
    let c = source[at] as number;
    while (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) c = source[++at] as number;
    this.at = at;
  }

  /** Takes a byte over; it must be this one. */
  private take(byte: number): void {
    if (this.source[this.at] !== byte) throw refusal;
    this.at++;
    this.out[this.to++] = byte;
  }

  private value(): void {
    const c = this.source[this.at];
    if (c === quote) this.string();
    else if (c === openBrace) this.object();
    else if (c === openBracket) this.array();
    else if (c === 0x74) this.literal(trueBytes);
    else if (c === 0x66) this.literal(falseBytes);
    else if (c === 0x6e) this.literal(nullBytes);
    else this.number();
  }

  private enter(byte: number): void {
    if (++this.depth > this.limits.depth) throw refusal;
    this.take(byte);
    this.space();
  }

  private count(): void {
    if (++this.elements > this.limits.elements) throw refusal;
  }

  private object(): void {
    this.enter(openBrace);
    if (this.source[this.at] !== closeBrace) this.members();
    this.take(closeBrace);
    this.depth--;
  }

  private members(): void {
    const first = this.names;
    for (;;) {
      this.count();
      const start = this.to + 1;
      this.name(first);
      const end = this.to - 1;
      this.space();
      this.take(colon);
      this.space();
      if (this.depth > 3) this.value();
      else this.marked(start, end);
      this.space();
      if (this.source[this.at] !== comma) break;
      this.take(comma);
      this.space();
    }
    this.names = first;
  }

  /** The value of a member that may be the list, or the one of an element that is looked for. */
  private marked(start: number, end: number): void {
    const { depth, places } = this;
    if (depth === 3 && this.isInList && this.is(this.member, start, end)) {
      places[places.length - 2] = this.to;
      this.value();
      places[places.length - 1] = this.to;
    } else if (depth === 1 && this.source[this.at] === openBracket && this.is(this.list, start, end)) {
      this.isInList = true;
      this.value();
      this.isInList = false;
    } else this.value();
  }

  private is(name: Uint8Array, start: number, end: number): boolean {
    return name.length === end - start && this.isSame(name, 0, start, end);
  }

  /** Whether the output from `start` on is what stands in `bytes` from `from` on. */
  private isSame(bytes: Uint8Array, from: number, start: number, end: number): boolean {
    const { out } = this;
    for (let i = start, j = from; i < end; i++, j++) if (out[i] !== bytes[j]) return false;
    return true;
  }

  /** Reads a name and refuses it if an earlier one of the object, from `first` on, is the same. */
  private name(first: number): void {
    const { source, out } = this;
    if (source[this.at] !== quote) throw refusal;
    let { at, to } = this;
    out[to++] = quote;
    const start = to;
    let hash = 0;
    for (let c = source[++at] as number; c !== quote; c = source[++at] as number) {
      // Written so that what lies behind the end fails as well.
      if (c === backslash || !(c >= 0x20)) throw refusal;
      hash = (Math.imul(hash, 31) + c) | 0;
      out[to++] = c;
    }
    this.remember(first, hash, start, to);
    out[to++] = quote;
    this.at = at + 1;
    this.to = to;
  }

  private remember(first: number, hash: number, start: number, end: number): void {
    const { hashes, starts, ends, names, out } = this;
    if (names - first >= mostMembers || this.is(forbiddenName, start, end)) throw refusal;
    for (let i = first; i < names; i++) {
      if (hashes[i] !== hash || (ends[i] as number) - (starts[i] as number) !== end - start) continue;
      if (this.isSame(out, starts[i] as number, start, end)) throw refusal;
    }
    hashes[names] = hash;
    starts[names] = start;
    ends[names] = end;
    this.names = names + 1;
  }

  private array(): void {
    this.enter(openBracket);
    const isList = this.isInList && this.depth === 2;
    if (this.source[this.at] !== closeBracket) {
      for (;;) {
        this.count();
        if (isList) this.places.push(-1, -1);
        this.value();
        this.space();
        if (this.source[this.at] !== comma) break;
        this.take(comma);
        this.space();
      }
    }
    this.take(closeBracket);
    this.depth--;
  }

  private string(): void {
    const { source, out } = this;
    let { at, to } = this;
    out[to++] = quote;
    at++;
    for (;;) {
      const c = source[at++] as number;
      out[to++] = c;
      if (c === quote) break;
      if (c === backslash) {
        const length = this.escape(at);
        for (let i = 0; i < length; i++) out[to++] = source[at++] as number;
      } else if (!(c >= 0x20)) throw refusal;
    }
    this.at = at;
    this.to = to;
  }

  /** How many bytes follow the backslash at `at - 1`. */
  private escape(at: number): number {
    const c = this.source[at] as number;
    if (c !== 0x75) {
      if (!simpleEscapes.has(c)) throw refusal;
      return 1;
    }
    let unit = 0;
    for (let i = 1; i <= 4; i++) unit = unit * 16 + hexDigit(this.source[at + i] as number);
    if (unit === 0 || (unit >= 0xd800 && unit <= 0xdfff)) throw refusal;
    return 5;
  }

  private literal(word: Uint8Array): void {
    for (const byte of word) this.take(byte);
  }

  private number(): void {
    const { source } = this;
    const start = this.at;
    if (source[start] === 0x2d) this.take(0x2d);
    if (source[this.at] === 0x30) this.take(0x30);
    else this.digits();
    if (source[this.at] === 0x2e) {
      this.take(0x2e);
      this.digits();
    }
    const c = source[this.at];
    // Whether one with an exponent is finite is not for here.
    if (c === 0x65 || c === 0x45 || this.at - start > this.limits.numberLength) throw refusal;
  }

  /** Reads one digit or more. */
  private digits(): void {
    const { source, out } = this;
    const start = this.at;
    let { at, to } = this;
    for (let c = source[at] as number; c >= 0x30 && c <= 0x39; c = source[++at] as number) out[to++] = c;
    if (at === start) throw refusal;
    this.at = at;
    this.to = to;
  }
}

const trueBytes = bytesOf('true');
const falseBytes = bytesOf('false');
const nullBytes = bytesOf('null');

function hexDigit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const letter = c | 0x20;
  if (letter >= 0x61 && letter <= 0x66) return letter - 0x61 + 10;
  throw refusal;
}

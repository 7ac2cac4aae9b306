import { FhirError, tooLarge } from '../outcome/fhir-error.ts';
import { issue } from '../outcome/outcome.ts';
import { type JsonLimits, jsonLimits } from './limits.ts';

/**
 * A JSON text without the white space outside of its strings; every other character stays as written (`1.50`, `\/`).
 * Stricter than RFC 8259 where leniency is a way in: no duplicate member names, no `__proto__`, no escapes in member
 * names, no lone surrogates, no U+0000, no byte order mark; depth, elements and the length of numbers are bounded.
 * @throws {FhirError} 400, or 413 for too many elements; names line, column and what was expected, never the content.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export function compactJson(text: string, limits: Partial<JsonLimits> = {}): string {
  const scanner = new Scanner(text, { ...jsonLimits, ...limits });
  if (!text.isWellFormed()) scanner.fail('well-formed Unicode, not a lone surrogate', text.search(/\p{Surrogate}/u));
  return scanner.document();
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Objects with more members than this find duplicates by a set, smaller ones by comparing hashes one by one. */
const smallObject = 24;

class Scanner {
  private readonly text: string;
  private readonly limits: JsonLimits;
  private at = 0;
  private depth = 0;
  private elements = 0;
  /** What was read without its white space, up to `from`, where the next piece starts. */
  private compact = '';
  private from = 0;
  /** Names of all open objects, one behind another: hash, start and end of each. */
  private readonly hashes: number[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private names = 0;

  constructor(text: string, limits: JsonLimits) {
    this.text = text;
    this.limits = limits;
  }

  document(): string {
    if (this.text.charCodeAt(0) === 0xfeff) this.fail('JSON without a byte order mark');
    this.space();
    this.value();
    this.space();
    if (this.at < this.text.length) this.fail('the end of the text');
    return this.from === 0 ? this.text : this.compact + this.text.slice(this.from);
  }

  fail(expected: string, at = this.at): never {
    throw new FhirError(400, [
      issue('structure', `The JSON text cannot be read at ${position(this.text, at)}: expected ${expected}.`),
    ]);
  }

  private space(): void {
    const { text } = this;
    let at = this.at;
    let c = text.charCodeAt(at);
    if (c > 0x20) return;
    while (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) c = text.charCodeAt(++at);
    if (at === this.at) return;
    if (this.at > this.from) this.compact += text.slice(this.from, this.at);
    this.from = at;
    this.at = at;
  }

  private value(): void {
    const c = this.text.charCodeAt(this.at);
    if (c === quote) this.string();
    else if (c === openBrace) this.object();
    else if (c === openBracket) this.array();
    else if (c === 0x74) this.literal('true');
    else if (c === 0x66) this.literal('false');
    else if (c === 0x6e) this.literal('null');
    else this.number();
  }

  private enter(): void {
    if (++this.depth > this.limits.depth)
      this.fail(`at most ${this.limits.depth} objects and arrays inside each other`);
    this.at++;
    this.space();
  }

  private count(): void {
    if (++this.elements <= this.limits.elements) return;
    throw tooLarge(
      `The JSON text has more than ${this.limits.elements} members and elements at ${position(this.text, this.at)}. Send it in parts.`,
    );
  }

  private object(): void {
    this.enter();
    if (this.text.charCodeAt(this.at) !== closeBrace) this.members();
    this.at++;
    this.depth--;
  }

  private members(): void {
    const { text } = this;
    const first = this.names;
    let large: Set<string> | undefined;
    for (;;) {
      if (text.charCodeAt(this.at) !== quote) this.fail('a member name in double quotes');
      this.count();
      large = this.name(first, large);
      this.space();
      if (text.charCodeAt(this.at) !== colon) this.fail('":"');
      this.at++;
      this.space();
      this.value();
      this.space();
      const c = text.charCodeAt(this.at);
      if (c === closeBrace) break;
      if (c !== comma) this.fail('"," or "}"');
      this.at++;
      this.space();
    }
    this.names = first;
  }

  /** Reads a name and refuses it if an earlier one of the object (from `first` on, or in `large`) is the same. */
  private name(first: number, large: Set<string> | undefined): Set<string> | undefined {
    const { text } = this;
    const start = this.at + 1;
    let end = start;
    let hash = 0;
    for (let c = text.charCodeAt(end); c !== quote; c = text.charCodeAt(++end)) {
      if (c === backslash) this.fail('a member name without escapes', end);
      if (!(c >= 0x20)) this.fail('the end of a member name', end);
      hash = (Math.imul(hash, 31) + c) | 0;
    }
    if (end - start === 9 && text.startsWith('__proto__', start)) this.fail('no member of that name', start);
    const known = large ?? this.largeFrom(first);
    if (known) {
      const name = text.slice(start, end);
      if (known.has(name)) this.duplicate(start);
      known.add(name);
    } else {
      this.remember(first, hash, start, end);
    }
    this.at = end + 1;
    return known;
  }

  private remember(first: number, hash: number, start: number, end: number): void {
    const { text, hashes, starts, ends, names } = this;
    for (let i = first; i < names; i++) {
      if (hashes[i] === hash && text.slice(starts[i], ends[i]) === text.slice(start, end)) this.duplicate(start);
    }
    hashes[names] = hash;
    starts[names] = start;
    ends[names] = end;
    this.names = names + 1;
  }

  private largeFrom(first: number): Set<string> | undefined {
    if (this.names - first < smallObject) return undefined;
    const names = new Set<string>();
    for (let i = first; i < this.names; i++) names.add(this.text.slice(this.starts[i], this.ends[i]));
    return names;
  }

  private duplicate(start: number): never {
    this.fail('each member name once in an object', start);
  }

  private array(): void {
    const { text } = this;
    this.enter();
    while (text.charCodeAt(this.at) !== closeBracket) {
      this.count();
      this.value();
      this.space();
      const c = text.charCodeAt(this.at);
      if (c === closeBracket) break;
      if (c !== comma) this.fail('"," or "]"');
      this.at++;
      this.space();
      if (text.charCodeAt(this.at) === closeBracket) this.fail('a value after ","');
    }
    this.at++;
    this.depth--;
  }

  private string(): void {
    const { text } = this;
    let at = this.at + 1;
    for (;;) {
      const c = text.charCodeAt(at++);
      if (c === quote) break;
      if (c === backslash) at = this.escape(at);
      // Written so that NaN, the end of the text, fails as well.
      else if (!(c >= 0x20)) this.fail('the end of a string, or an escaped control character', at - 1);
    }
    this.at = at;
  }

  /** Reads what follows a backslash at `at - 1`; returns where the string goes on. */
  private escape(at: number): number {
    const { text } = this;
    const c = text[at] ?? '';
    if (c !== 'u') {
      if (c === '' || !'"\\/bfnrt'.includes(c)) this.fail('one of the escapes of JSON', at);
      return at + 1;
    }
    const unit = this.codeUnit(at + 1);
    if (unit === 0) this.fail('no U+0000 in a string', at);
    if (unit < 0xd800 || unit > 0xdfff) return at + 5;
    const isPair = unit < 0xdc00 && text.startsWith('\\u', at + 5);
    const low = isPair ? this.codeUnit(at + 7) : 0;
    if (low < 0xdc00 || low > 0xdfff) this.fail('the escapes of both halves of a surrogate pair', at);
    return at + 11;
  }

  private codeUnit(at: number): number {
    const digits = this.text.slice(at, at + 4);
    if (!/^[0-9A-Fa-f]{4}$/.test(digits)) this.fail('four hexadecimal digits', at);
    return Number.parseInt(digits, 16);
  }

  private literal(word: string): void {
    if (!this.text.startsWith(word, this.at)) this.fail('true, false or null');
    this.at += word.length;
  }

  private number(): void {
    const { text } = this;
    const start = this.at;
    let at = text.charCodeAt(start) === 0x2d ? start + 1 : start;
    if (text.charCodeAt(at) === 0x30) at++;
    else at = this.digits(at, 'a JSON value');
    if (text.charCodeAt(at) === 0x2e) at = this.digits(at + 1, 'a digit');
    const e = text.charCodeAt(at);
    const hasExponent = e === 0x65 || e === 0x45;
    if (hasExponent) {
      const sign = text.charCodeAt(at + 1);
      at += sign === 0x2b || sign === 0x2d ? 2 : 1;
      at = this.digits(at, 'a digit');
    }
    const { numberLength } = this.limits;
    if (at - start > numberLength) this.fail(`a number of at most ${numberLength} characters`, start);
    if (hasExponent && !Number.isFinite(Number(text.slice(start, at)))) this.fail('a number that is finite', start);
    this.at = at;
  }

  /** Reads one digit or more. */
  private digits(at: number, expected: string): number {
    const { text } = this;
    let end = at;
    for (let c = text.charCodeAt(end); c >= 0x30 && c <= 0x39; c = text.charCodeAt(end)) end++;
    if (end === at) this.fail(expected, at);
    return end;
  }
}

/** Both from 1; columns count UTF-16 code units. */
function position(text: string, at: number): string {
  let line = 1;
  let start = 0;
  for (let i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) {
    line++;
    start = i + 1;
  }
  return `line ${line}, column ${at - start + 1}`;
}

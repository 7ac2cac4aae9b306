import type { BinaryOperator, Node, TypeSpecifier } from './ast.ts';
import { parseDecimal } from './decimal.ts';
import { FhirPathError } from './error.ts';
import { position, type Token, tokens } from './lexer.ts';
import { fhirPathLimits } from './limits.ts';
import { isCalendarUnit } from './quantity.ts';
import { parseDateTimeLiteral } from './temporal.ts';
import { integer, string, type TypedValue } from './value.ts';

/**
 * Parses an expression by operator precedence.
 * @throws {FhirPathError} naming the place and what was expected there
 * @see https://hl7.org/fhirpath/N1/#operator-precedence
 */
export function parseFhirPath(text: string): Node {
  if (text.length > fhirPathLimits.expression) {
    throw new FhirPathError(`The expression is longer than ${fhirPathLimits.expression} characters. Shorten it.`);
  }
  const parser: Parser = { text, tokens: tokens(text), at: 0, depth: 0 };
  const node = expression(parser, 0);
  if (peek(parser).kind !== 'end') fail(parser, 'an operator or the end');
  requireFlat(node);
  return node;
}

/** Paths and chains of operators are evaluated inside each other, too, however flat they are written. */
function requireFlat(root: Node): void {
  let level: readonly Node[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > fhirPathLimits.levels) {
      throw new FhirPathError(`A path or a chain of operators is longer than ${fhirPathLimits.levels}. Split it.`);
    }
    level = level.flatMap(partsOf);
  }
}

function partsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'member':
      return node.of ? [node.of] : [];
    case 'call':
      return node.of ? [node.of, ...node.parameters] : node.parameters;
    case 'indexer':
      return [node.of, node.at];
    case 'sign':
    case 'type':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    default:
      return [];
  }
}

type Parser = { readonly text: string; readonly tokens: readonly Token[]; at: number; depth: number };

/** How tightly an operator binds; `.` and `[` bind tighter than all, signs between them and `*`. */
const precedences: Readonly<Record<BinaryOperator | 'is' | 'as', number>> = {
  implies: 1,
  or: 2,
  xor: 2,
  and: 3,
  in: 4,
  contains: 4,
  '=': 5,
  '~': 5,
  '!=': 5,
  '!~': 5,
  '<': 6,
  '>': 6,
  '<=': 6,
  '>=': 6,
  '|': 7,
  is: 8,
  as: 8,
  '+': 9,
  '-': 9,
  '&': 9,
  '*': 10,
  '/': 10,
  div: 10,
  mod: 10,
};

function expression(parser: Parser, above: number): Node {
  if (++parser.depth > fhirPathLimits.depth) {
    throw new FhirPathError(`The expression has more than ${fhirPathLimits.depth} parts inside each other. Split it.`);
  }
  let left = sign(parser);
  for (;;) {
    const operator = operatorAt(parser);
    if (operator === undefined || precedences[operator] <= above) break;
    parser.at += 1;
    left =
      operator === 'is' || operator === 'as'
        ? { kind: 'type', operator, operand: left, type: typeSpecifier(parser) }
        : { kind: 'binary', operator, left, right: expression(parser, precedences[operator]) };
  }
  parser.depth -= 1;
  return left;
}

function operatorAt(parser: Parser): BinaryOperator | 'is' | 'as' | undefined {
  const { kind, text } = peek(parser);
  return (kind === 'symbol' || kind === 'identifier') && isOperator(text) ? text : undefined;
}

function isOperator(text: string): text is BinaryOperator | 'is' | 'as' {
  return Object.hasOwn(precedences, text);
}

function sign(parser: Parser): Node {
  const { kind, text } = peek(parser);
  if (kind !== 'symbol' || (text !== '+' && text !== '-')) return path(parser);
  parser.at += 1;
  return { kind: 'sign', operator: text, operand: nested(parser, sign) };
}

/** Signs in a row are parts inside each other, too. */
function nested(parser: Parser, parse: (parser: Parser) => Node): Node {
  if (++parser.depth > fhirPathLimits.depth) fail(parser, 'fewer signs');
  const node = parse(parser);
  parser.depth -= 1;
  return node;
}

function path(parser: Parser): Node {
  let node = term(parser);
  for (;;) {
    if (accept(parser, '.')) {
      const { kind, text } = peek(parser);
      if (kind === 'dollar') fail(parser, 'a name');
      node = invocation(parser, node, text);
    } else if (accept(parser, '[')) {
      node = { kind: 'indexer', of: node, at: expression(parser, 0) };
      expect(parser, ']');
    } else {
      return node;
    }
  }
}

function invocation(parser: Parser, of: Node | undefined, name: string): Node {
  const token = peek(parser);
  if (token.kind !== 'identifier' && token.kind !== 'delimited') fail(parser, 'a name');
  parser.at += 1;
  if (token.kind === 'identifier' && accept(parser, '(')) {
    return call(parser, of, name);
  }
  return { kind: 'member', of, name };
}

function call(parser: Parser, of: Node | undefined, name: string): Node {
  const parameters: Node[] = [];
  if (!accept(parser, ')')) {
    do parameters.push(expression(parser, 0));
    while (accept(parser, ','));
    expect(parser, ')');
  }
  return { kind: 'call', of, name, parameters };
}

function term(parser: Parser): Node {
  const { kind, text } = peek(parser);
  switch (kind) {
    case 'identifier':
      if ((text === 'true' || text === 'false') && !isCall(parser)) {
        return literal(parser, { type: 'System.Boolean', value: text === 'true' });
      }
      return invocation(parser, undefined, text);
    case 'delimited':
      return invocation(parser, undefined, text);
    case 'string':
      return literal(parser, string(text));
    case 'number':
      return number(parser, text);
    case 'temporal':
      return literal(parser, parseDateTimeLiteral(text) ?? fail(parser, 'a date or time that exists'));
    case 'dollar':
      parser.at += 1;
      return { kind: text === '$this' ? 'this' : text === '$index' ? 'index' : 'total' };
    case 'symbol':
      return symbol(parser);
    case 'end':
      return fail(parser, 'a term');
    default:
      return kind satisfies never;
  }
}

function isCall(parser: Parser): boolean {
  const next = parser.tokens[parser.at + 1];
  return next?.kind === 'symbol' && next.text === '(';
}

function literal(parser: Parser, value: TypedValue): Node {
  parser.at += 1;
  return { kind: 'literal', value };
}

/** A number with a unit behind it is a Quantity: `4 days`, `10 'mg'`. */
function number(parser: Parser, text: string): Node {
  parser.at += 1;
  const next = peek(parser);
  const isCalendar = next.kind === 'identifier' && isCalendarUnit(next.text);
  if (isCalendar || next.kind === 'string') {
    return literal(parser, {
      type: 'System.Quantity',
      value: { value: parseDecimal(text), unit: next.text, isCalendar },
    });
  }
  if (text.includes('.')) return { kind: 'literal', value: { type: 'System.Decimal', value: parseDecimal(text) } };
  if (!Number.isSafeInteger(Number(text))) fail(parser, 'an Integer before, or a Decimal with a point');
  return { kind: 'literal', value: integer(Number(text)) };
}

function symbol(parser: Parser): Node {
  if (accept(parser, '(')) {
    const node = expression(parser, 0);
    expect(parser, ')');
    return node;
  }
  if (accept(parser, '{')) {
    expect(parser, '}');
    return { kind: 'empty' };
  }
  if (!accept(parser, '%')) return fail(parser, 'a term');
  const { kind, text } = peek(parser);
  if (kind !== 'identifier' && kind !== 'delimited' && kind !== 'string') fail(parser, 'the name of a variable');
  parser.at += 1;
  return { kind: 'variable', name: text };
}

function typeSpecifier(parser: Parser): TypeSpecifier {
  const names = [typeName(parser)];
  while (accept(parser, '.')) names.push(typeName(parser));
  return qualified(names);
}

function typeName(parser: Parser): string {
  const { kind, text } = peek(parser);
  if (kind !== 'identifier' && kind !== 'delimited') fail(parser, 'the name of a type');
  parser.at += 1;
  return text;
}

/** `['FHIR', 'Patient']` as a type. */
export function qualified(names: readonly string[]): TypeSpecifier {
  const [first, ...rest] = names;
  if (rest.length > 0 && (first === 'FHIR' || first === 'System')) return { namespace: first, name: rest.join('.') };
  return { namespace: undefined, name: names.join('.') };
}

function peek(parser: Parser): Token {
  return parser.tokens[parser.at] ?? parser.tokens.at(-1)!;
}

function accept(parser: Parser, text: string): boolean {
  const token = peek(parser);
  if (token.kind !== 'symbol' || token.text !== text) return false;
  parser.at += 1;
  return true;
}

function expect(parser: Parser, text: string): void {
  if (!accept(parser, text)) fail(parser, `"${text}"`);
}

function fail(parser: Parser, expected: string): never {
  const place = position(parser.text, peek(parser).at);
  throw new FhirPathError(`The expression cannot be read at ${place}: expected ${expected}.`);
}

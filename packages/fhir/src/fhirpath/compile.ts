import { calculate, opposite } from './arithmetic.ts';
import type { BinaryOperator, Node, TypeSpecifier } from './ast.ts';
import { condition, distinct, isIn, single, singleInteger, singleSystem, text } from './collection.ts';
import { areEqual, areEquivalent, compareSystem } from './equality.ts';
import { FhirPathError } from './error.ts';
import { type Expression, type Frame, spend } from './frame.ts';
import { functions } from './functions/functions.ts';
import { sorted } from './functions/sort.ts';
import { memberReader } from './navigate.ts';
import { qualified } from './parse.ts';
import { systemText, systemValue } from './system.ts';
import { isKindOf, isOfType, isSystem, isUsableAs, requireType } from './types.ts';
import { type Collection, integer, nothing, type TypedValue, truth } from './value.ts';
import { variable } from './variable.ts';

/**
 * Makes a tree of closures of a parsed expression. Nothing of the expression becomes JavaScript text.
 * @throws {FhirPathError} for unknown functions, types and variables, and for a wrong number of parameters
 */
export function compileNode(node: Node): Expression {
  switch (node.kind) {
    case 'literal':
      return constant([node.value]);
    case 'empty':
      return constant(nothing);
    case 'this':
      return ({ self }) => (self ? [self] : nothing);
    case 'index':
      return ({ index }) => [integer(index)];
    case 'total':
      return ({ total }) => total;
    case 'variable':
      return variable(node.name);
    case 'member':
      return node.of ? member(compileNode(node.of), node.name) : pathStart(node.name);
    case 'call':
      return call(node);
    case 'indexer':
      return indexer(compileNode(node.of), compileNode(node.at));
    case 'sign':
      return sign(node.operator, compileNode(node.operand));
    case 'type':
      return typeOperator(node.operator, compileNode(node.operand), node.type);
    case 'binary':
      return binary(node.operator, compileNode(node.left), compileNode(node.right));
    default:
      return node satisfies never;
  }
}

function constant(items: Collection): Expression {
  return (frame) => {
    spend(frame, 1);
    return items;
  };
}

function member(of: Expression, name: string): Expression {
  const read = memberReader(name);
  return (frame) => {
    const items = of(frame);
    const found: TypedValue[] = [];
    for (const item of items) read(item, found);
    spend(frame, 1 + items.length + found.length);
    return found;
  };
}

/** A path may start with the type of what it starts at, or with an element of it. */
function pathStart(name: string): Expression {
  const read = memberReader(name);
  const mayBeType = /^[A-Z]/.test(name);
  return (frame) => {
    const { self } = frame;
    spend(frame, 1);
    if (!self) return nothing;
    if (mayBeType && !isSystem(self.type) && isKindOf(self.type, name)) return [self];
    const found: TypedValue[] = [];
    read(self, found);
    spend(frame, found.length);
    return found;
  };
}

function indexer(of: Expression, at: Expression): Expression {
  return (frame) => {
    const items = of(frame);
    const index = singleInteger(at(frame), 'An index');
    const item = index === undefined ? undefined : items[index];
    return item ? [item] : nothing;
  };
}

function sign(operator: '+' | '-', operand: Expression): Expression {
  return (frame) => {
    const items = operand(frame);
    return operator === '-' ? opposite(items) : opposite(opposite(items));
  };
}

type Call = Extract<Node, { readonly kind: 'call' }>;

/** Without something before the dot, a function is called on `$this`. */
function call(node: Call): Expression {
  const { name, parameters } = node;
  const of: Expression = node.of ? compileNode(node.of) : ({ self }) => (self ? [self] : nothing);
  if (name === 'is' || name === 'as' || name === 'ofType') return typeFunction(name, of, parameters);
  if (name === 'sort') return sort(of, parameters);
  const definition = functions.get(name);
  if (!definition) throw new FhirPathError(`There is no function ${name}() in FHIRPath.`);
  const [least, most] = definition.takes;
  if (parameters.length < least || parameters.length > most) {
    const expected = least === most ? `${least}` : `${least} to ${most}`;
    throw new FhirPathError(`The function ${name}() takes ${expected} parameters, not ${parameters.length}.`);
  }
  const compiled = parameters.map(compileNode);
  return (frame) => {
    const input = of(frame);
    spend(frame, 1 + input.length);
    return definition.run(input, compiled, frame);
  };
}

function sort(of: Expression, parameters: readonly Node[]): Expression {
  const nodes: readonly Node[] = parameters.length === 0 ? [{ kind: 'this' }] : parameters;
  const keys = nodes.map((node) =>
    node.kind === 'sign'
      ? { expression: compileNode(node.operand), isDescending: node.operator === '-' }
      : { expression: compileNode(node), isDescending: false },
  );
  return (frame) => sorted(of(frame), keys, frame);
}

function typeFunction(name: 'is' | 'as' | 'ofType', of: Expression, [parameter, ...more]: readonly Node[]): Expression {
  const names = parameter && more.length === 0 ? namesOf(parameter) : undefined;
  if (!names) throw new FhirPathError(`The function ${name}() takes the name of a type.`);
  return typeOperator(name === 'is' ? 'is' : 'as', of, qualified(names));
}

/** `FHIR.Patient` was parsed as a path. */
function namesOf(node: Node): readonly string[] | undefined {
  if (node.kind !== 'member') return undefined;
  if (!node.of) return [node.name];
  const names = namesOf(node.of);
  return names && [...names, node.name];
}

/** `as` takes several items like `ofType()`: R4's own search parameters and invariants (dom-3) are written so. */
function typeOperator(operator: 'is' | 'as', operand: Expression, type: TypeSpecifier): Expression {
  requireType(type);
  return (frame) => {
    const items = operand(frame);
    spend(frame, 1 + items.length);
    if (operator === 'as') return items.filter((item) => isUsableAs(item, type));
    const item = single(items, operator);
    return item ? truth(isOfType(item, type)) : nothing;
  };
}

function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  switch (operator) {
    case 'and':
    case 'or':
    case 'xor':
    case 'implies':
      return logic(operator, left, right);
    case '=':
      return (frame) => truth(areEqual(left(frame), right(frame), frame));
    case '!=':
      return (frame) => truth(opposed(areEqual(left(frame), right(frame), frame)));
    case '~':
      return (frame) => truth(areEquivalent(left(frame), right(frame), frame));
    case '!~':
      return (frame) => truth(!areEquivalent(left(frame), right(frame), frame));
    case '<':
    case '>':
    case '<=':
    case '>=':
      return comparison(operator, left, right);
    case 'in':
      return (frame) => membership(left(frame), right(frame), frame);
    case 'contains':
      return (frame) => membership(right(frame), left(frame), frame);
    case '|':
      return (frame) => distinct([...left(frame), ...right(frame)], frame);
    case '&':
      return (frame) => text(concatenated(left(frame)) + concatenated(right(frame)), frame);
    case '+':
    case '-':
    case '*':
    case '/':
    case 'div':
    case 'mod':
      return (frame) => calculate(operator, left(frame), right(frame), frame);
    default:
      return operator satisfies never;
  }
}

function opposed(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

/** Three-valued logic. What the left side decides, the right one is not asked. @see https://hl7.org/fhirpath/N1/#boolean-logic */
function logic(operator: 'and' | 'or' | 'xor' | 'implies', left: Expression, right: Expression): Expression {
  return (frame) => {
    spend(frame, 1);
    const a = condition(left(frame), operator);
    if ((operator === 'and' || operator === 'implies') && a === false) return truth(operator === 'implies');
    if (operator === 'or' && a === true) return truth(true);
    const b = condition(right(frame), operator);
    switch (operator) {
      case 'and':
        return truth(b === false ? false : a === undefined || b === undefined ? undefined : true);
      case 'or':
        return truth(b === true ? true : a === undefined || b === undefined ? undefined : false);
      case 'xor':
        return truth(a === undefined || b === undefined ? undefined : a !== b);
      case 'implies':
        return truth(b === true ? true : a === undefined || b === undefined ? undefined : false);
      default:
        return operator satisfies never;
    }
  };
}

const accepts: Readonly<Record<'<' | '>' | '<=' | '>=', (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
};

function comparison(operator: '<' | '>' | '<=' | '>=', left: Expression, right: Expression): Expression {
  return (frame) => {
    const [x, y] = [left(frame), right(frame)];
    const [a, b] = [singleSystem(x, operator), singleSystem(y, operator)];
    spend(frame, 1);
    if (!a || !b) {
      // A primitive without a value is nothing; a complex value has no order.
      if ([...x, ...y].some((item) => item.value !== undefined && !systemValue(item))) throw wrongTypes(operator);
      return nothing;
    }
    const order = compareSystem(a, b);
    if (order === 'incomparable' || a.type === 'System.Boolean') throw wrongTypes(operator);
    return truth(order === undefined ? undefined : accepts[operator](order));
  };
}

function wrongTypes(operator: string): FhirPathError {
  return new FhirPathError(`The operator ${operator} does not compare items of these types.`);
}

function membership(items: Collection, among: Collection, frame: Frame): Collection {
  const item = single(items, 'in, contains');
  return item ? truth(isIn(item, among, frame)) : nothing;
}

function concatenated(items: Collection): string {
  const value = singleSystem(items, '&');
  if (value === undefined) return '';
  if (value.type !== 'System.String') throw new FhirPathError('The operator & takes Strings.');
  return systemText(value);
}

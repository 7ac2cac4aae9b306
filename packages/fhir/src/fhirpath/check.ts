import { dataType } from '../definitions/element.ts';
import { isPrimitive, isType, typeDefinition } from '../definitions/type.ts';
import type { Node } from './ast.ts';

import { parseFhirPath, qualified } from './parse.ts';
import { isKindOf } from './types.ts';

/**
 * What is surely wrong with an expression that is parsed right: names of elements that its types do not have, and
 * functions that ask for an order where there is none. The evaluation is lenient and finds nothing there.
 * @param type what the expression is evaluated on: `Patient`, `HumanName`, `Observation.component`
 * @throws {FhirPathError} for what cannot be parsed
 * @see https://hl7.org/fhirpath/N1/#type-safety-and-strict-evaluation
 */
export function checkFhirPath(text: string, type: string): readonly string[] {
  const checker: Checker = { root: type, problems: new Set() };
  infer(checker, parseFhirPath(text), { types: [type], isOrdered: true });
  return [...checker.problems];
}

type Checker = { readonly root: string; readonly problems: Set<string> };

/** What a part of an expression yields; `types` is undefined where that cannot be told. */
type Inferred = { readonly types: readonly string[] | undefined; readonly isOrdered: boolean };

const anything: Inferred = { types: undefined, isOrdered: true };

function infer(checker: Checker, node: Node, self: Inferred): Inferred {
  switch (node.kind) {
    case 'this':
      return self;
    case 'variable':
      return node.name === 'context' ? { types: [checker.root], isOrdered: true } : anything;
    case 'member':
      return member(checker, node, self);
    case 'call':
      return call(checker, node, self);
    case 'indexer':
      infer(checker, node.at, self);
      return ordered(checker, infer(checker, node.of, self), 'An index');
    case 'sign':
      return infer(checker, node.operand, self);
    case 'type':
      infer(checker, node.operand, self);
      return node.operator === 'as' ? { types: [node.type.name], isOrdered: true } : anything;
    case 'binary': {
      const both = [infer(checker, node.left, self), infer(checker, node.right, self)];
      return node.operator === '|' ? union(both) : anything;
    }
    case 'literal':
    case 'empty':
    case 'index':
    case 'total':
      return anything;
    default:
      return node satisfies never;
  }
}

function union(parts: readonly Inferred[]): Inferred {
  const isKnown = parts.every(({ types }) => types !== undefined);
  return { types: isKnown ? parts.flatMap(({ types }) => types ?? []) : undefined, isOrdered: false };
}

function member(checker: Checker, node: Extract<Node, { readonly kind: 'member' }>, self: Inferred): Inferred {
  const of = node.of ? infer(checker, node.of, self) : self;
  const { name } = node;
  const isStart = !node.of && of.types?.some((type) => isKindOf(type, name));
  if (isStart) return of;
  const types = of.types?.flatMap((type) => elementTypes(type, name));
  if (!of.types?.every(isDefinite) || types === undefined) return { ...anything, isOrdered: of.isOrdered };
  if (types.length === 0 && of.types.length > 0) {
    checker.problems.add(`${[...new Set(of.types)].join(', ')}: there is no element ${name}.`);
    return anything;
  }
  return { types, isOrdered: of.isOrdered };
}

/** What may be any resource, or a type that is not one of R4's, may have any element. */
function isDefinite(type: string): boolean {
  return isType(type) && type !== 'Resource' && type !== 'DomainResource';
}

function elementTypes(type: string, name: string): readonly string[] {
  if (!isType(type)) return [];
  const { elements } = typeDefinition(isPrimitive(type) ? 'Element' : type);
  return elements.filter((each) => each.name === name).flatMap(({ types }) => types.map((each) => dataType(each.name)));
}

/** Functions that yield items of their input. */
const selecting = new Set(['where', 'distinct', 'exclude', 'intersect', 'trace', 'checkModifiers', 'sort', 'single']);
const needsOrder = new Set(['first', 'last', 'tail', 'skip', 'take']);

function call(checker: Checker, node: Extract<Node, { readonly kind: 'call' }>, self: Inferred): Inferred {
  const { name, parameters } = node;
  const input = node.of ? infer(checker, node.of, self) : self;
  if (name === 'is' || name === 'as' || name === 'ofType') return typed(name, parameters);
  const isProjection = /^(?:where|select|all|exists|repeat|iif|aggregate|sort|trace)$/.test(name);
  const found = parameters.map((parameter) => infer(checker, parameter, isProjection ? input : self));
  if (needsOrder.has(name)) return ordered(checker, input, `${name}()`);
  if (selecting.has(name)) return name === 'sort' ? { ...input, isOrdered: true } : input;
  if (name === 'select') return found[0] ?? anything;
  if (name === 'iif') return union(found.slice(1));
  if (name === 'union' || name === 'combine') return union([input, ...found]);
  if (name === 'children' || name === 'descendants') return { types: undefined, isOrdered: false };
  return name === 'extension' ? { types: ['Extension'], isOrdered: true } : anything;
}

function typed(name: string, [parameter]: readonly Node[]): Inferred {
  const names: string[] = [];
  for (let node = parameter; node?.kind === 'member'; node = node.of) names.unshift(node.name);
  return name === 'is' ? anything : { types: [qualified(names).name], isOrdered: true };
}

function ordered(checker: Checker, input: Inferred, what: string): Inferred {
  if (!input.isOrdered) checker.problems.add(`${what} asks for an order where there is none.`);
  return input;
}

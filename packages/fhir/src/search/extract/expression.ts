/**
 * A path of a search parameter's expression, its alternatives (`|`) taken apart: a type and the steps from there.
 * `where(system='email')` keeps what has a member equal to a text, `where(resolve() is Patient)` the references to a
 * type, `as` values of a data type.
 */
export type Path = { readonly root: string; readonly steps: readonly Step[] };

/** The root of a composite's part that is not below the composite's element. */
export const resourceRoot = '%resource';

export type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'as'; readonly type: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'equals'; readonly member: string; readonly text: string }
  | { readonly kind: 'resolvesTo'; readonly type: string };

/**
 * Parses the subset of FHIRPath in which R4 writes its search parameters.
 * @throws {Error} for anything else; `Patient.deceased` is written otherwise and is no case for this
 * @see https://hl7.org/fhir/R4/searchparameter-registry.html
 */
export function parseExpression(expression: string): readonly Path[] {
  const tokens = expression.match(token) ?? [];
  if (tokens.join('') !== expression.replace(/\s+(?=(?:[^']*'[^']*')*[^']*$)/g, '')) throw unsupported(expression);
  const parser = { expression, tokens, at: 0 };
  const paths = union(parser);
  if (parser.at !== tokens.length) throw unsupported(expression);
  return paths;
}

const token = /'[^']*'|%resource|[A-Za-z]\w*|\d+|[.()|=[\]]/g;

type Parser = { readonly expression: string; readonly tokens: readonly string[]; at: number };

function union(parser: Parser): Path[] {
  const paths = cast(parser);
  while (accept(parser, '|')) paths.push(...cast(parser));
  return paths;
}

function cast(parser: Parser): Path[] {
  const paths = invocations(parser);
  return accept(parser, 'as') ? extend(paths, { kind: 'as', type: typeName(word(parser)) }) : paths;
}

function invocations(parser: Parser): Path[] {
  let paths = accept(parser, '(') ? closed(parser, union(parser)) : [{ root: root(parser), steps: [] }];
  for (;;) {
    if (accept(parser, '[')) {
      paths = extend(paths, { kind: 'index', index: Number(take(parser)) });
      expect(parser, ']');
    } else if (accept(parser, '.')) {
      paths = extend(paths, invocation(parser));
    } else {
      return paths;
    }
  }
}

function invocation(parser: Parser): Step {
  const name = word(parser);
  if (!accept(parser, '(')) return { kind: 'member', name };
  switch (name) {
    case 'as':
    case 'ofType':
      return closed(parser, { kind: 'as', type: typeName(word(parser)) });
    case 'where':
      return closed(parser, condition(parser));
    default:
      throw unsupported(parser.expression);
  }
}

/** R4's `code-value-date` says DateTime. */
function typeName(name: string): string {
  return name === 'DateTime' ? 'dateTime' : name;
}

function condition(parser: Parser): Step {
  const member = word(parser);
  if (member === 'resolve') {
    for (const expected of ['(', ')', 'is']) expect(parser, expected);
    return { kind: 'resolvesTo', type: word(parser) };
  }
  expect(parser, '=');
  return { kind: 'equals', member, text: take(parser).slice(1, -1) };
}

function extend(paths: readonly Path[], step: Step): Path[] {
  return paths.map(({ root, steps }) => ({ root, steps: [...steps, step] }));
}

function closed<T>(parser: Parser, value: T): T {
  expect(parser, ')');
  return value;
}

function accept(parser: Parser, expected: string): boolean {
  if (parser.tokens[parser.at] !== expected) return false;
  parser.at += 1;
  return true;
}

function expect(parser: Parser, expected: string): void {
  if (!accept(parser, expected)) throw unsupported(parser.expression);
}

function take(parser: Parser): string {
  const next = parser.tokens[parser.at];
  if (next === undefined) throw unsupported(parser.expression);
  parser.at += 1;
  return next;
}

function root(parser: Parser): string {
  return accept(parser, resourceRoot) ? resourceRoot : word(parser);
}

function word(parser: Parser): string {
  const next = take(parser);
  if (!/^[A-Za-z]/.test(next)) throw unsupported(parser.expression);
  return next;
}

function unsupported(expression: string): Error {
  return new Error(`The expression ${expression} is beyond the subset of FHIRPath that R4's search parameters use`);
}

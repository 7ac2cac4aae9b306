import type { TypedValue } from './value.ts';

export type BinaryOperator =
  | '*'
  | '/'
  | 'div'
  | 'mod'
  | '+'
  | '-'
  | '&'
  | '|'
  | '<'
  | '>'
  | '<='
  | '>='
  | '='
  | '~'
  | '!='
  | '!~'
  | 'in'
  | 'contains'
  | 'and'
  | 'or'
  | 'xor'
  | 'implies';

/** A type as an expression names it; without a namespace, FHIR and System are both meant. */
export type TypeSpecifier = { readonly namespace: 'FHIR' | 'System' | undefined; readonly name: string };

/** A parsed expression. `of` is what stands before the dot; without it a path starts at `$this`. */
export type Node =
  | { readonly kind: 'literal'; readonly value: TypedValue }
  | { readonly kind: 'empty' }
  | { readonly kind: 'this' | 'index' | 'total' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Node | undefined; readonly name: string }
  | {
      readonly kind: 'call';
      readonly of: Node | undefined;
      readonly name: string;
      readonly parameters: readonly Node[];
    }
  | { readonly kind: 'indexer'; readonly of: Node; readonly at: Node }
  | { readonly kind: 'sign'; readonly operator: '+' | '-'; readonly operand: Node }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'type'; readonly operator: 'is' | 'as'; readonly operand: Node; readonly type: TypeSpecifier };

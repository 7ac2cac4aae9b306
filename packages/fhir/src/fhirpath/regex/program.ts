import { FhirPathError } from '../error.ts';
import { fhirPathLimits } from '../limits.ts';
import type { Test } from './class.ts';
import type { Regex } from './parse.ts';

/** An instruction of the matcher. `split` tries `first` before `second`; `save` keeps the place in a slot. */
export type Instruction =
  | { readonly kind: 'character'; readonly test: Test }
  | { readonly kind: 'assertion'; readonly at: 'start' | 'end' | 'boundary' | 'inside' }
  | { readonly kind: 'split'; first: number; second: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'match' };

/**
 * Compiles a regular expression for a matcher that follows all of its ways at once.
 * @throws {FhirPathError} where the program becomes too long
 */
export function compileRegex(regex: Regex): readonly Instruction[] {
  const program: Program = { code: [], visits: 0 };
  emit(program, regex);
  program.code.push({ kind: 'match' });
  return program.code;
}

type Program = { readonly code: Instruction[]; visits: number };

function emit(program: Program, regex: Regex): void {
  if (++program.visits > fhirPathLimits.regexProgram || program.code.length > fhirPathLimits.regexProgram) {
    throw new FhirPathError('The regular expression repeats too much. Simplify it.');
  }
  switch (regex.kind) {
    case 'character':
    case 'assertion':
      program.code.push(regex);
      break;
    case 'sequence':
      for (const part of regex.parts) emit(program, part);
      break;
    case 'choice':
      emitChoice(program, regex.parts);
      break;
    case 'group':
      program.code.push({ kind: 'save', slot: 2 * regex.index });
      emit(program, regex.part);
      program.code.push({ kind: 'save', slot: 2 * regex.index + 1 });
      break;
    case 'repeat':
      emitRepeat(program, regex);
      break;
    default:
      regex satisfies never;
  }
}

function emitChoice(program: Program, parts: readonly Regex[]): void {
  const jumps: { to: number }[] = [];
  for (const [at, part] of parts.entries()) {
    if (at === parts.length - 1) {
      emit(program, part);
    } else {
      const split = pushSplit(program);
      split.first = program.code.length;
      emit(program, part);
      jumps.push(pushJump(program));
      split.second = program.code.length;
    }
  }
  for (const jump of jumps) jump.to = program.code.length;
}

function emitRepeat(program: Program, { part, min, max, isLazy }: Extract<Regex, { readonly kind: 'repeat' }>): void {
  for (let i = 0; i < min; i++) emit(program, part);
  const optional: { readonly split: Split; readonly inside: number }[] = [];
  const start = program.code.length;
  for (let i = min; i < (max === Number.POSITIVE_INFINITY ? min + 1 : max); i++) {
    const split = pushSplit(program);
    optional.push({ split, inside: program.code.length });
    emit(program, part);
  }
  if (max === Number.POSITIVE_INFINITY) pushJump(program).to = start;
  const end = program.code.length;
  for (const { split, inside } of optional) {
    split.first = isLazy ? end : inside;
    split.second = isLazy ? inside : end;
  }
}

type Split = Extract<Instruction, { readonly kind: 'split' }>;

function pushSplit({ code }: Program): Split {
  const split: Split = { kind: 'split', first: 0, second: 0 };
  code.push(split);
  return split;
}

function pushJump({ code }: Program): { to: number } {
  const jump: Extract<Instruction, { readonly kind: 'jump' }> = { kind: 'jump', to: 0 };
  code.push(jump);
  return jump;
}

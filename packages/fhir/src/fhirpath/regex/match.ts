import { isWord } from './class.ts';
import type { Instruction } from './program.ts';

/** Where a match and its groups start and end, by slots; undefined for a group that took no part. */
export type Match = { readonly start: number; readonly end: number; readonly slots: Slots };

type Slots = readonly (number | undefined)[];

/** One of the ways through the program that are followed at once; the earlier in a list, the better. */
type Thread = { readonly at: number; readonly start: number; readonly slots: Slots };

/** @param spend is told of the work, and may throw to end it */
export type Search = {
  readonly program: readonly Instruction[];
  readonly text: string;
  readonly from: number;
  /** Whether any match will do: where it ends is not asked for. */
  readonly isTest: boolean;
  readonly spend: (steps: number) => void;
};

/**
 * The first match at or behind `from`, as a backtracking matcher would find it, but in time linear in the text: no way
 * is followed twice at one place.
 */
export function search({ program, text, from, isTest, spend }: Search): Match | undefined {
  let threads: Thread[] = [];
  let found: Match | undefined;
  const reached = new Int32Array(program.length).fill(-1);
  spend(program.length >> 4);
  for (let at = from; ; ) {
    let work = found ? 0 : follow(program, { at: 0, start: at, slots: [] }, { text, at, reached, threads });
    const code = text.codePointAt(at);
    const next = at + (code !== undefined && code > 0xffff ? 2 : 1);
    const ahead: Thread[] = [];
    for (const thread of threads) {
      const instruction = program[thread.at]!;
      if (instruction.kind === 'match') {
        found = { start: thread.start, end: at, slots: thread.slots };
        if (isTest) return found;
        break;
      }
      if (code !== undefined && instruction.kind === 'character' && instruction.test(code)) {
        work += follow(program, { ...thread, at: thread.at + 1 }, { text, at: next, reached, threads: ahead });
      }
    }
    spend(1 + ((work + threads.length) >> 2));
    if (code === undefined || (found && ahead.length === 0)) return found;
    threads = ahead;
    at = next;
  }
}

type Step = { readonly text: string; readonly at: number; readonly reached: Int32Array; readonly threads: Thread[] };

/** Adds the threads that a thread becomes before it has to read a character, best first. @returns steps taken */
function follow(program: readonly Instruction[], thread: Thread, { text, at, reached, threads }: Step): number {
  const waiting: Thread[] = [thread];
  let steps = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    steps += 1;
    if (reached[next.at] === at) continue;
    reached[next.at] = at;
    const instruction = program[next.at]!;
    switch (instruction.kind) {
      case 'jump':
        waiting.push({ ...next, at: instruction.to });
        break;
      case 'split':
        waiting.push({ ...next, at: instruction.second }, { ...next, at: instruction.first });
        break;
      case 'save':
        waiting.push({ ...next, at: next.at + 1, slots: withSlot(next.slots, instruction.slot, at) });
        break;
      case 'assertion':
        if (holds(instruction.at, text, at)) waiting.push({ ...next, at: next.at + 1 });
        break;
      case 'character':
      case 'match':
        threads.push(next);
        break;
      default:
        instruction satisfies never;
    }
  }
  return steps;
}

function withSlot(slots: Slots, slot: number, at: number): Slots {
  const copy = [...slots];
  copy[slot] = at;
  return copy;
}

function holds(where: 'start' | 'end' | 'boundary' | 'inside', text: string, at: number): boolean {
  if (where === 'start') return at === 0;
  if (where === 'end') return at === text.length;
  const isBoundary = isWordAt(text, at - 1) !== isWordAt(text, at);
  return isBoundary === (where === 'boundary');
}

function isWordAt(text: string, at: number): boolean {
  return at >= 0 && at < text.length && isWord(text.charCodeAt(at));
}

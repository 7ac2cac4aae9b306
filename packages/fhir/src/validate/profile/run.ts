import type { Conformance } from '../../conformance/conformance.ts';
import type { Resource } from '../../resource/resource.ts';
import { type Finding, Findings } from './findings.ts';
import type { Item } from './item.ts';
import type { Profiles } from './profiles.ts';

/** What a validation may take at most, whatever is sent. */
export const profileLimits = {
  /** Elements looked for and values looked at, each once for every rule set that applies to it. */
  work: 10_000_000,
  /** Steps of one FHIRPath evaluation. */
  steps: 200_000,
  /** ms that a validation may take: the last resort, where none of the other limits holds. */
  time: 3_000,
  /** Profiles that a resource may claim. */
  profilesOfResource: 20,
  /** Validations inside of validations: a slice told by a profile, whose reference's target has a profile, … */
  trials: 8,
} as const;

/** What a validation knows from its caller. */
export type ValidationContext = {
  readonly conformance: Pick<Conformance, 'canonicals' | 'terminology'>;
  /** Finds a resource that a reference points at outside of what is validated. */
  resolve?(reference: string): Resource | undefined;
  /** ms since the epoch. (Default: the clock) */
  readonly now?: number;
};

/** One validation under way. */
export class Run {
  readonly context: ValidationContext;
  readonly profiles: Profiles;
  /** Expressions that were broken or too costly once. */
  readonly givenUp = new Set<string>();
  /** Contained resources by id, of each resource that contains some. */
  readonly contained = new Map<unknown, Map<unknown, Item>>();
  #findings: Findings;
  #done = new Map<unknown, Set<unknown>>();
  readonly #numbers = new Map<object, number>();
  #work = 0;
  #isStopped = false;
  readonly #deadline = Date.now() + profileLimits.time;
  readonly #outermost: Findings;
  #trials = 0;

  constructor(context: ValidationContext, profiles: Profiles, findings: Findings) {
    this.context = context;
    this.profiles = profiles;
    this.#findings = findings;
    this.#outermost = findings;
  }

  add(finding: Finding): void {
    this.#findings.add(finding);
  }

  /** Notes that rules are about to be applied to a value. @returns false where they have been before */
  begins({ value, parent, name, index }: Item, rules: object | string): boolean {
    const isObject = typeof value === 'object' && value !== null;
    // Primitives have no identity: what has been applied to them is noted at their parent.
    const holder = isObject ? value : parent?.value;
    const key = isObject ? rules : `${name}[${index}] ${typeof rules === 'string' ? rules : this.#numberOf(rules)}`;
    const done = this.#done.get(holder);
    if (done?.has(key)) return false;
    if (done) done.add(key);
    else this.#done.set(holder, new Set([key]));
    return true;
  }

  #numberOf(rules: object): number {
    const number = this.#numbers.get(rules) ?? this.#numbers.size;
    this.#numbers.set(rules, number);
    return number;
  }

  /** Counts one step of work. @returns false once the validation has taken all it may, which is an error */
  spend(item: Item): boolean {
    this.#work += 1;
    if (this.#work > profileLimits.work || (this.#work % 256 === 0 && this.isLate())) this.#stop(item);
    return !this.#isStopped;
  }

  isLate(): boolean {
    return Date.now() > this.#deadline;
  }

  /** What follows is not checked: nobody may take the resource for valid. */
  #stop(item: Item): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    const text = 'Validation stopped before its end: the resource is too large for what its profiles ask.';
    this.#outermost.add({ severity: 'error', code: 'too-costly', text, at: item.scope.root });
  }

  /**
   * Whether a check finds no error, without reporting what it finds. A check inside of too many others is taken to
   * find none, as what goes round in a circle finds nothing new.
   */
  trial(check: () => void): boolean {
    if (this.#trials >= profileLimits.trials) return true;
    const [findings, done] = [this.#findings, this.#done];
    const trial = new Findings();
    [this.#findings, this.#done] = [trial, new Map()];
    this.#trials += 1;
    try {
      check();
    } finally {
      [this.#findings, this.#done] = [findings, done];
      this.#trials -= 1;
    }
    return !trial.hasErrors;
  }
}

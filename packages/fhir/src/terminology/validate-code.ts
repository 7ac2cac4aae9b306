import type { Asked, CodeSet, Entry } from './code-set.ts';
import type { CodeSystem } from './code-system.ts';
import { displayIn, isDisplayOf } from './display.ts';
import { entryOf } from './system-set.ts';
import type { Coding } from './terminology.ts';
import { TerminologyError } from './terminology-error.ts';

/** What `$validate-code` answers. */
export type CodeValidation = { readonly result: boolean; readonly message?: string; readonly display?: string };

export type ValidateOptions = {
  /** Whether a code that no record may hold is taken. */
  readonly abstract?: boolean | undefined;
  readonly displayLanguage?: string | undefined;
};

/** Where codes are looked up: in a value set, or in a code system. */
export type CodeDomain = {
  /** For messages: `the value set http://…`. */
  readonly name: string;
  has(asked: Asked): boolean | undefined;
  find(asked: Asked): Entry | undefined;
};

/**
 * Whether one of the codings is in the domain, under its right display. The first that is decides; of several that are
 * not, the message tells of the first.
 * @throws {TerminologyError} not-supported, where it cannot be told of any
 * @see https://hl7.org/fhir/R4/valueset-operation-validate-code.html
 */
export function validateCode(
  domain: CodeDomain,
  codings: readonly Coding[],
  options: ValidateOptions = {},
): CodeValidation {
  const answers = codings.map((coding) => validateOne(domain, coding, options));
  const decided = answers.find((one) => one?.result) ?? answers.find((one) => one?.display !== undefined);
  if (decided) return decided;
  if (answers.includes(undefined)) {
    throw new TerminologyError(
      'not-supported',
      `Whether ${domain.name} has the code cannot be told: its codes are not at hand.`,
    );
  }
  return answers[0] ?? { result: false, message: 'There is no coding to look at.' };
}

/** Undefined: it cannot be told. */
function validateOne(domain: CodeDomain, coding: Coding, options: ValidateOptions): CodeValidation | undefined {
  const { system, code, display } = coding;
  if (code === undefined) return { result: false, message: 'The coding has no code.' };
  const isIn = domain.has({ system, code });
  if (isIn === undefined) return undefined;
  const named = system === undefined ? `The code "${code}"` : `The code "${code}" of ${system}`;
  if (!isIn) return { result: false, message: `${named} is not in ${domain.name}.` };
  const entry = domain.find({ system, code });
  const right = entry && displayIn(entry, options.displayLanguage);
  const shown = right === undefined ? {} : { display: right };
  if (entry?.isAbstract && options.abstract !== true) {
    return { result: false, message: `${named} is abstract: no record may hold it.`, ...shown };
  }
  if (display !== undefined && entry?.display !== undefined && !isDisplayOf(entry, display)) {
    return { result: false, message: `${named} has the display "${right}", not "${display}".`, ...shown };
  }
  return { result: true, ...shown };
}

/** A value set as a domain. */
export function valueSetDomain(url: string, codes: CodeSet): CodeDomain {
  return { name: `the value set ${url}`, has: codes.has, find: codes.find };
}

/** A code system as a domain: codes of other systems are not in it. */
export function codeSystemDomain(system: CodeSystem): CodeDomain {
  const find = ({ system: url = system.url, code }: Asked) => (url === system.url ? system.find(code) : undefined);
  return {
    name: `the code system ${system.url}`,
    has: (asked) => {
      if (find(asked)) return true;
      const isOther = asked.system !== undefined && asked.system !== system.url;
      return isOther || system.isComplete ? false : undefined;
    },
    find: (asked) => {
      const concept = find(asked);
      return concept && entryOf(system, concept);
    },
  };
}

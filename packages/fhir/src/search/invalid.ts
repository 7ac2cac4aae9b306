import { FhirError, invalidSearchParameter } from '../outcome/fhir-error.ts';
import { type Issue, issue } from '../outcome/outcome.ts';

/** A parameter's name as an error shows it: bounded, for it came from a stranger. */
export function shown(name: string): string {
  return name.length <= 80 ? name : `${name.slice(0, 80)}…`;
}

/** 400: the value is not of the parameter's form. The value itself is never repeated: it may name a patient. */
export function invalidValue(name: string, expected: string): FhirError {
  return new FhirError(400, [issue('value', `Search parameter ${shown(name)}: expected ${expected}.`)]);
}

/** 400: understood, but this server does not do it. */
export function unsupported(name: string, why: string): FhirError {
  return invalidSearchParameter(shown(name), why);
}

/** 400: more than `searchLimits` lets a search have. */
export function beyondLimit(name: string, limit: string): FhirError {
  return new FhirError(400, [issue('too-costly', `Search parameter ${shown(name)}: a search takes at most ${limit}.`)]);
}

/** One parameter that cannot be known: refused under strict handling, passed over under lenient. */
export class UnknownParameter extends Error {
  readonly issue: Issue;

  constructor(name: string, why: string) {
    super(why);
    this.name = 'UnknownParameter';
    this.issue = issue('not-supported', `Search parameter ${shown(name)}: ${why}`);
  }
}

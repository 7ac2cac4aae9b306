import type { Issue, IssueType } from '../../outcome/outcome.ts';
import { validationLimits } from '../report.ts';
import { type Item, placeOf } from './item.ts';

/** What a rule says about an item that it does not hold for. `text` names rules, types and profiles, never a value. */
export type Finding = {
  readonly severity: Issue['severity'];
  readonly code: IssueType;
  readonly text: string;
  readonly at: Item | string;
};

/**
 * Collects what is found, each thing once. Errors and other issues are bounded apart, so that warnings cannot hide an
 * error.
 */
export class Findings {
  readonly #seen = new Set<string>();
  readonly #errors: Issue[] = [];
  readonly #others: Issue[] = [];
  #more = false;

  /** Takes over what the check of the structure found; the same need not be said again about the same place. */
  constructor(structure: readonly Issue[] = []) {
    for (const issue of structure) {
      this.#errors.push(issue);
      for (const place of issue.expression ?? []) this.#seen.add(`${issue.code}\n${place}`);
    }
  }

  get hasErrors(): boolean {
    return this.#errors.length > 0;
  }

  get issues(): readonly Issue[] {
    const text = `There are more than ${validationLimits.issues} issues. Correct these and send it again.`;
    const more: Issue[] = this.#more ? [{ severity: 'warning', code: 'incomplete', diagnostics: text }] : [];
    return [...this.#errors, ...this.#others, ...more];
  }

  add({ severity, code, text, at }: Finding): void {
    const isError = severity === 'error' || severity === 'fatal';
    const list = isError ? this.#errors : this.#others;
    if (list.length >= validationLimits.issues) {
      this.#more = true;
      return;
    }
    const place = typeof at === 'string' ? at : placeOf(at);
    if (this.#seen.has(`${code}\n${place}`) && isError) return;
    const key = `${severity}\n${place}\n${text}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    list.push({ severity, code, diagnostics: text, expression: [place] });
  }
}

import { type Issue, type IssueType, issue } from '../outcome/outcome.ts';

/** How much is reported and how deep a resource may be; a stranger's input is bounded by these. */
export const validationLimits = { issues: 50, depth: 100 } as const;

/** Collects what a validator finds. Texts name types and elements, never a value, which may be a patient's. */
export class Report {
  readonly issues: Issue[] = [];
  /** How many objects lie around the one being looked at. */
  depth = 0;

  add(code: IssueType, text: string, at: string): void {
    const limit = validationLimits.issues;
    if (this.issues.length < limit) this.issues.push(issue(code, text, at));
    else if (this.issues.length === limit) {
      this.issues.push(issue('incomplete', `There are more than ${limit} issues. Correct these and send it again.`));
    }
  }

  notObject(at: string, type: string, value: unknown): void {
    this.add('structure', `A ${type} is a JSON object here, not ${shapeOf(value)}.`, at);
  }

  notArray(at: string, type: string, value: unknown): void {
    this.add('structure', `This element repeats: write a JSON array of ${type}, not ${shapeOf(value)}.`, at);
  }

  notPrimitive(at: string, type: string, value: unknown, expected: string): void {
    if (typeof value === 'object') this.add('structure', `A ${type} is expected here, not ${shapeOf(value)}.`, at);
    else this.add('value', `This is no ${type}: ${expected}.`, at);
  }

  emptyArray(at: string): void {
    this.add('structure', 'An array may not be empty. Leave the member out.', at);
  }

  /** No value beside the `id`: neither members nor extensions. */
  empty(at: string): void {
    this.add('structure', 'An element has a value or extensions. Leave the member out.', at);
  }

  missing(at: string): void {
    this.add('required', 'This element is required and missing.', at);
  }

  unknownMember(at: string, type: string, name: string): void {
    const isName = /^_?[A-Za-z]\w{0,63}$/.test(name);
    const text = `${type} has no ${isName ? `member ${name}` : 'member of such a name'} in R4. Additions go into an extension.`;
    this.add('structure', text, at);
  }

  twoChoices(at: string, one: string, other: string): void {
    this.add('structure', `Only one of ${one} and ${other} may be there.`, at);
  }

  tooDeep(at: string): void {
    this.add('too-long', `Elements may lie at most ${validationLimits.depth} deep.`, at);
  }
}

function shapeOf(value: unknown): string {
  if (value === null) return 'null (leave the member out)';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

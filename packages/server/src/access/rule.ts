import type { Criterion, Letter } from '@chartgate/fhir';

/**
 * What a token opens: a disjunction of lines, less what a line of `denies` closes. An empty rule opens nothing, and a
 * denial beats every line that opens. `breakGlass`: whose emergency widens it; each use is recorded.
 */
export type AccessRule = {
  readonly opens: readonly AccessGrant[];
  readonly denies?: readonly AccessGrant[];
  readonly breakGlass?: BreakGlassUse;
};

/**
 * One line of the rule: `letters` on `type` (or `*`), for rows that lie in the compartment of one of the patients
 * (where given; none of them: no row) and meet every criterion. A granular scope is a search: the criteria compile by
 * the same code as a query's. What is written must lie in no other patient's compartment either.
 */
export type AccessGrant = {
  readonly type: string;
  readonly letters: readonly Letter[];
  readonly compartment?: { readonly type: 'Patient'; readonly ids: readonly string[] };
  readonly criteria: readonly Criterion[];
  /** For Binary: only rows to which an open resource of one of these types links. */
  readonly linkedFrom?: readonly string[];
  /** Writes under this line may change `meta.security`. */
  readonly labels?: true;
};

/** Who broke the glass, and why. `user` is the `fhirUser`; `patient` a logical id. */
export type BreakGlassUse = {
  readonly clientId: string;
  readonly user: string;
  readonly patient: string;
  readonly reason: string;
};

/** The lines that open `letter` on `type`. None: denied. */
export function opening(rule: AccessRule, type: string, letter: Letter): readonly AccessGrant[] {
  return linesFor(rule, type, letter).opens;
}

/** The lines that close a part of what is open of the type. */
export function denying(rule: AccessRule, type: string, letter: Letter): readonly AccessGrant[] {
  return linesFor(rule, type, letter).denies;
}

/** Whether a line is about all rows of its type. */
export function isUnconditional({ compartment, criteria, linkedFrom }: AccessGrant): boolean {
  return compartment === undefined && criteria.length === 0 && linkedFrom === undefined;
}

type Lines = { readonly opens: readonly AccessGrant[]; readonly denies: readonly AccessGrant[] };

/** A rule has hundreds of lines under `*`, and a search asks for many types: each is looked for once. */
const known = new WeakMap<AccessRule, Map<string, Lines>>();

function linesFor(rule: AccessRule, type: string, letter: Letter): Lines {
  const ofRule = known.get(rule) ?? new Map<string, Lines>();
  if (ofRule.size === 0) known.set(rule, ofRule);
  const key = letter + type;
  const before = ofRule.get(key);
  if (before) return before;
  const isAbout = (line: AccessGrant) => (line.type === '*' || line.type === type) && line.letters.includes(letter);
  const denies = (rule.denies ?? []).filter(isAbout);
  const opens = denies.some(isUnconditional) ? [] : rule.opens.filter(isAbout);
  const lines = { opens, denies };
  ofRule.set(key, lines);
  return lines;
}

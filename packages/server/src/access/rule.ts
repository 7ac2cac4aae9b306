import type { Criterion, Letter } from '@chartgate/fhir';

/** What a token opens: a disjunction. An empty rule opens nothing. */
export type AccessRule = { readonly opens: readonly AccessGrant[] };

/**
 * One line of the rule: `letters` on `type` (or `*`), for rows that lie in the compartment (where given) and meet
 * every criterion. A granular scope is a search: the criteria compile by the same code as a query's.
 */
export type AccessGrant = {
  readonly type: string;
  readonly letters: readonly Letter[];
  readonly compartment?: { readonly type: 'Patient'; readonly id: string };
  readonly criteria: readonly Criterion[];
};

/** The lines that open `letter` on `type`. None: denied. */
export function opening(rule: AccessRule, type: string, letter: Letter): readonly AccessGrant[] {
  return rule.opens.filter((g) => (g.type === '*' || g.type === type) && g.letters.includes(letter));
}
